#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/training/run_config.h"

namespace denoise {

/// The newest layout of run folders and checkpoints that this program writes and the newest that it reads.
inline constexpr int run_schema = 1;

/// What a run is: in run.json, written when it starts and when its budget changes, and in every checkpoint.
struct RunHeader {
    RunConfig config;
    std::string dataset_name;
    std::string dataset_fingerprint;
    std::int64_t image_count = 0;
    int channels = 0, height = 0, width = 0;
    std::vector<std::string> class_names;  ///< of the dataset
    std::string created;                   ///< ISO 8601, local time
};

/// {"schema", "program", "program_version", "created", "dataset", "config"}
nlohmann::json run_header_to_json(const RunHeader& header);

/// `source` names the file in errors. Throws Error when an entry is missing or of the wrong kind, and for a
/// layout of a newer program.
RunHeader run_header_from_json(const nlohmann::json& object, const std::string& source);

}  // namespace denoise
