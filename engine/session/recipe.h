#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "engine/session/events.h"

namespace denoise {

/// The settings that reproduce a sample, for the text entry of an exported picture.
nlohmann::ordered_json recipe_of(const SampleStarted& start);

/// What a recipe says of how its picture was sampled.
struct SampleRecipe {
    SampleRequest request;        ///< of the sample that was branched, for a branch
    std::int64_t model_step = 0;  ///< the steps that the model had been trained for
    bool is_branch = false;
};

/// Reads the text that recipe_of() has made; nullopt if it is not the recipe of one sample, or is damaged.
/// The request may have settings that a model does not allow, as those of any request.
std::optional<SampleRecipe> recipe_from(const std::string& text);

}  // namespace denoise
