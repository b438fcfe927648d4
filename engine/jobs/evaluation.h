#pragma once

#include <functional>
#include <string>

#include "engine/base/work.h"
#include "engine/data/dataset.h"
#include "engine/jobs/events.h"
#include "engine/jobs/sampling_executions.h"
#include "engine/model/model.h"

namespace denoise {

/// Evaluates `model` on `dataset`; `executions` chooses how samples are computed. `notice` is called with
/// messages for the user that are not errors. The caller sets `job` of the result. All arguments must outlive
/// the work. Throws Error.
Work<EvaluationResult> evaluate(const Model& model, const Evaluate& request, const Dataset& dataset,
                                SamplingExecutions& executions,
                                const std::function<void(std::string)>& notice);

}  // namespace denoise
