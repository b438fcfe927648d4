#pragma once

#include <string>

#include "engine/session/events.h"

namespace denoise::cli {

/// The result of `evaluate` on stdout.
void print_evaluation(const EvaluationResult& result);

/// The same as one JSON object.
std::string evaluation_json(Metric metric, const EvaluationResult& result);

}  // namespace denoise::cli
