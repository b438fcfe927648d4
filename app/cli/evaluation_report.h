#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/session/events.h"

namespace denoise::cli {

/// The result of `evaluate` on stdout.
void print_evaluation(const EvaluationResult& result);

/// The same as one JSON object.
nlohmann::json evaluation_json(Metric metric, const EvaluationResult& result);

}  // namespace denoise::cli
