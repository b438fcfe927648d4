#pragma once

#include <memory>

#include "engine/base/work.h"
#include "engine/jobs/job.h"
#include "engine/jobs/training_run.h"

namespace denoise {

/// Starts the run of `request` with the execution that calibrate() finds to be the fastest on the device of
/// its settings. `threads` is the number of threads for settings without one; 0: automatic. The processes of
/// `group`, if it is not null, train it together. Throws Error.
Work<TrainingRun> start_run(StartTraining request, std::shared_ptr<const Dataset> dataset, int threads,
                            Communicator* group = nullptr);

/// Continues a run from its newest readable checkpoint, with its own execution if it ran on this machine.
/// `device` is that of execution_of(): the run goes on there, whatever device it was on before.
/// Emits a Notice for each damaged checkpoint, and if the dataset, the device, the number of processes or the
/// batch has changed.
/// Throws Error.
Work<TrainingRun> resume_run(JobId id, Emit emit, ResumeTraining request,
                             std::shared_ptr<const Dataset> dataset, int threads,
                             Communicator* group = nullptr, ComputeDevice device = ComputeDevice::automatic);

/// Tells that a checkpoint was damaged and that an older one is used.
Notice skipped_checkpoint(JobId id, const Error& error);

}  // namespace denoise
