#pragma once

#include <filesystem>

#include "engine/training/run_folder.h"
#include "engine/training/trainer.h"

namespace denoise {

/// What a checkpoint file holds: a run at one step, complete enough to go on with and to sample from, and
/// readable by itself.
struct Checkpoint {
    RunHeader header;
    double seconds = 0;  ///< training time so far
    TrainerState state;
};

/// Writes a safetensors file, whole or not at all: "model.*" and "ema.*" in the parameters' shapes, the
/// optimizer's moments, and in the metadata the run's config. Throws Error.
void save_checkpoint(const std::filesystem::path& path, const RunHeader& header, double seconds,
                     const Trainer& trainer);

/// The same with the EMA weights alone: enough to sample from, not to go on with.
void save_weights(const std::filesystem::path& path, const RunHeader& header, const TrainerState& state);

/// The state's other buffers are undefined for a file of weights alone. Throws Error naming the file when it
/// is not a checkpoint of this program, is damaged, or its tensors do not fit its config.
Checkpoint load_checkpoint(const std::filesystem::path& path);

/// The newest checkpoint of a run folder that can be read, or `path` itself when it is a file. Damaged ones
/// are passed over and added to `passed_over`. Throws Error when there is none.
Checkpoint load_newest_checkpoint(const std::filesystem::path& path,
                                  std::vector<Error>* passed_over = nullptr);

}  // namespace denoise
