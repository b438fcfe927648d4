#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

#include "engine/diffusion/kinds.h"
#include "engine/training/run_config.h"

namespace denoise {

/// Loads a dataset; ends a load in progress.
struct LoadDataset {
    DatasetConfig config;
};
struct CancelLoading {};

/// Trains a new run on `config.dataset`, which is loaded first when it is not the one that is loaded.
struct StartTraining {
    RunConfig config;
    std::filesystem::path folder;  ///< must not hold a run; empty: a new one in default_runs_folder()
};

/// Goes on with the newest good checkpoint of a run folder. `steps` or `minutes` > 0 replace its budget.
struct ResumeTraining {
    std::filesystem::path folder;
    std::int64_t steps = 0;
    double minutes = 0;
};

struct PauseTraining {};
struct ContinueTraining {};
struct StepTraining {};     ///< one step, then paused
struct StopTraining {};     ///< saves a checkpoint and closes the run for training; sampling stays possible
struct DiscardTraining {};  ///< stops without saving
struct SaveCheckpoint {};

/// Opens a run folder (its newest checkpoint) or one checkpoint file for sampling and evaluation.
struct OpenModel {
    std::filesystem::path path;
};

/// Draws images with the open model, also while it trains (then with a snapshot of its EMA weights).
struct SampleRequest {
    SamplerKind sampler = SamplerKind::ddim;
    int count = 16;
    int steps = 50;  ///< 0: as many as the model has timesteps
    double eta = 0;  ///< DDIM only: 0 deterministic, 1 as noisy as DDPM
    std::int64_t seed = 0;
    bool frames = true;  ///< whether a SampleFrame follows each step
    bool operator==(const SampleRequest&) const = default;
};
struct Sample {
    SampleRequest request;
};
struct CancelSampling {};

/// Bits per dimension of the first `count` images (spread over the set) of a dataset under the open model.
struct Evaluate {
    DatasetConfig dataset;
    std::int64_t count = 64;
    std::int64_t seed = 0;
};
struct CancelEvaluation {};

using Command = std::variant<LoadDataset, CancelLoading, StartTraining, ResumeTraining, PauseTraining,
                             ContinueTraining, StepTraining, StopTraining, DiscardTraining, SaveCheckpoint,
                             OpenModel, Sample, CancelSampling, Evaluate, CancelEvaluation>;

}  // namespace denoise
