#include "engine/runs/checkpoint_description.h"

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/formats/safetensors.h"
#include "engine/formats/shallow_json.h"

namespace denoise {

nlohmann::json checkpoint_description(const SafetensorsFile& file) {
    const auto entry = file.metadata().find(checkpoint_description_key);
    nlohmann::json object =
        entry == file.metadata().end() ? nlohmann::json() : parse_shallow_json(entry->second);
    if (!object.is_object())
        throw Error{"Cannot open the checkpoint",
                    file.path().string() + ": it was not written by Denoise Lab",
                    "Choose a checkpoint from a run folder"};
    return object;
}

}  // namespace denoise
