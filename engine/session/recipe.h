#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/session/events.h"

namespace denoise {

/// The settings that reproduce a sample, for the text entry of an exported picture.
nlohmann::ordered_json recipe_of(const SampleStarted& start);

}  // namespace denoise
