#pragma once

#include <nlohmann/json_fwd.hpp>

namespace denoise {

class SafetensorsFile;

/// The entry in the metadata of checkpoints that describes the run and its progress, as JSON.
inline constexpr const char* checkpoint_description_key = "denoise_lab";

/// The description in a checkpoint, an object. Throws Error if the file has none.
nlohmann::json checkpoint_description(const SafetensorsFile& file);

}  // namespace denoise
