#pragma once

#include <memory>

#include "engine/base/work.h"
#include "engine/jobs/job.h"
#include "engine/jobs/training_run.h"

namespace denoise {

/// Starts the run of `request` with the execution that calibrate() finds to be the fastest. `threads` is the
/// number of threads for settings without one; 0: automatic. Throws Error.
Work<TrainingRun> start_run(StartTraining request, std::shared_ptr<const Dataset> dataset, int threads);

/// Continues a run from its newest readable checkpoint, with its own execution if it ran on this machine.
/// Emits a Notice for each damaged checkpoint, and if the dataset has changed. Throws Error.
Work<TrainingRun> resume_run(JobId id, Emit emit, ResumeTraining request,
                             std::shared_ptr<const Dataset> dataset, int threads);

/// Tells that a checkpoint was damaged and that an older one is used.
Notice skipped_checkpoint(JobId id, const Error& error);

}  // namespace denoise
