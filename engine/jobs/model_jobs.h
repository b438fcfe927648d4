#pragma once

#include "engine/data/dataset.h"
#include "engine/jobs/job.h"
#include "engine/jobs/sample_store.h"
#include "engine/jobs/sampling_executions.h"
#include "engine/model/model.h"

namespace denoise {

// Operations with a model, as the work of a WorkJob. Each emits its result and ends. The model is not
// changed. `device` is that of execution_of().

/// Emits SampleStarted, SampleFrame for each step if requested, and SampleResult. Records the states in
/// `store`. `store` and `executions` must outlive the work.
Work<void> run_sample(JobId id, Emit emit, SampleStore& store, SamplingExecutions& executions, Model model,
                      Sample job);

/// Emits Computed: the network's output, computed in float32 regardless of the run's precision.
Work<void> run_predict(JobId id, Emit emit, Model model, Predict request,
                       ComputeDevice device = ComputeDevice::automatic);

/// Emits Computed: x_T.
Work<void> run_encode(JobId id, Emit emit, Model model, Encode request,
                      ComputeDevice device = ComputeDevice::automatic);

/// Emits ModelConverted.
Work<void> run_convert(JobId id, Emit emit, Model model, ConvertModel request);

/// Emits EvaluationResult.
Work<void> run_evaluate(JobId id, Emit emit, SamplingExecutions& executions, Model model, Evaluate request,
                        std::shared_ptr<const Dataset> dataset);

}  // namespace denoise
