#pragma once

#include <string_view>
#include <vector>

#include "engine/runs/metrics.h"

namespace denoise {

/// The steps in lines of a metrics.jsonl, in order. A step that was repeated after resuming replaces the
/// earlier one and all that follow it. Skips lines that are not valid.
std::vector<StepMetrics> metrics_of_lines(std::string_view text);

}  // namespace denoise
