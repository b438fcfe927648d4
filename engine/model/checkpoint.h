#pragma once

#include <torch/torch.h>

#include <array>
#include <filesystem>
#include <vector>

#include "engine/model/model.h"
#include "engine/network/flat_parameters.h"

namespace denoise {

/// The number of equal bins of timesteps over which the loss is averaged.
inline constexpr int timestep_bins = 20;

/// EMAs with the lengths `tracked_ema_lengths`: float32 [n]. Undefined if a run does not track them.
using TrackedEmas = std::array<torch::Tensor, 2>;

/// The state of a trainer without the config. Buffers have the layout of FlatParameters.
struct TrainingState {
    std::int64_t step = 0;
    torch::Tensor values, ema, first_moment, second_moment;
    std::vector<double> timestep_losses;      ///< moving mean of the loss in each bin; NaN: no loss yet
    torch::Tensor loss_history, losses_seen;  ///< of the LossSecondMomentSampler; undefined if t is uniform
    TrackedEmas tracked_emas = {};            ///< for EMAs of other lengths
};

/// A run at one step, complete enough to continue training.
struct Checkpoint {
    RunHeader header;
    double seconds = 0;  ///< training time so far
    TrainingState state;
};

/// The state with all tensors in the memory of the processor.
TrainingState on_processor(TrainingState state);

/// Writes a safetensors file atomically, of a state on any device: the weights "model.*" and "ema.*" in the
/// parameters' shapes, the moments of the optimizer, and the config of the run as metadata. `slices` are
/// those of the network. Throws Error.
void save_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint,
                     const std::vector<FlatParameters::Slice>& slices);

/// Writes only the EMA weights, which are enough for sampling but not for training, in float32 or in half
/// precision. Throws Error.
void save_weights(const std::filesystem::path& path, const Model& model, bool half = false);

/// Whether all values are finite.
bool all_finite(const torch::Tensor& values);

/// Throws Error with the name of the file if it is not a checkpoint of this program, contains only weights,
/// weights that are not finite, is damaged, or its tensors do not match its config. Throws Cancelled if a
/// StopScope asks for the end while the file is read.
Checkpoint load_checkpoint(const std::filesystem::path& path);

/// Loads the EMA weights of a checkpoint or of a file written by save_weights(). Throws like
/// load_checkpoint().
Model load_model(const std::filesystem::path& path);

/// Throws Error if the run with this header cannot be continued from the checkpoint `path`: for the reasons
/// of load_checkpoint(), and if the checkpoint is of another network.
Checkpoint load_checkpoint_of(const RunHeader& run, const std::filesystem::path& path);

/// Whether the run with this header and state can be continued from the checkpoint `path`: whether
/// load_checkpoint_of() would not throw, but with half the memory. `slices` are those of the run's network.
bool can_continue_from(const std::filesystem::path& path, const RunHeader& run, const TrainingState& state,
                       const std::vector<FlatParameters::Slice>& slices);

/// Loads the newest checkpoint of a run folder from which the run can be continued, or `path` itself if it is
/// a file. The errors of damaged checkpoints are added to `passed_over`. Throws Error if there is none.
Checkpoint load_newest_checkpoint(const std::filesystem::path& path,
                                  std::vector<Error>* passed_over = nullptr);
Model load_newest_model(const std::filesystem::path& path, std::vector<Error>* passed_over = nullptr);

}  // namespace denoise
