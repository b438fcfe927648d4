#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/session/events.h"

namespace denoise {

/// What is needed to draw the same pictures again, for the text entry that goes with an exported picture.
nlohmann::ordered_json recipe_of(const SampleStarted& start);

}  // namespace denoise
