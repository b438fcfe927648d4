#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/session/events.h"

namespace denoise::cli {

/// The result of `evaluate` on stdout.
void print_evaluation(const Evaluate& request, const EvaluationResult& result);

/// The same as one JSON object.
nlohmann::json evaluation_json(const Evaluate& request, const EvaluationResult& result);

}  // namespace denoise::cli
