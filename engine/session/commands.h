#pragma once

#include <variant>

#include "engine/jobs/requests.h"  // IWYU pragma: export

namespace denoise {

/// Ends a job. A run in training is saved and closed; other jobs are cancelled. The JobEnded of the job
/// follows, unless it has already ended.
struct Cancel {
    JobId job = 0;
};

// For the run that is open for training.
struct PauseTraining {};     ///< saves, and keeps the run open
struct ContinueTraining {};  ///< after a divergence: from the last checkpoint, with half the learning rate
struct StepTraining {};      ///< one step, then paused
struct StopTraining {};      ///< saves a checkpoint and closes the run for training; sampling stays possible
struct DiscardTraining {};   ///< closes it without saving
struct SaveCheckpoint {};
/// Adopts the settings of `config` that can change during a training (`SettingInfo::live`).
struct ChangeTraining {
    RunConfig config;
};

using Command = std::variant<LoadDataset, ForecastTraining, StartTraining, ResumeTraining, OpenModel, Sample,
                             Predict, Encode, ConvertModel, Evaluate, Cancel, PauseTraining, ContinueTraining,
                             StepTraining, StopTraining, DiscardTraining, SaveCheckpoint, ChangeTraining>;

}  // namespace denoise
