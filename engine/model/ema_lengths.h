#pragma once

#include <torch/torch.h>

#include <filesystem>

#include "engine/model/checkpoint.h"
#include "engine/model/model.h"
#include "engine/runs/ema_snapshots.h"

namespace denoise {

// EMAs of the weights whose length is chosen after the training (Karras et al. 2024, sec. 3 and app. C): two
// EMAs are tracked, snapshots of them are kept, and the combination of all of these whose profile is nearest
// to the wanted one is the EMA of another length. For lengths from 0.045 to 0.12, the profile differs by at
// most 1 %; for 0.03 by 7 %, for 0.15 by 3 % and for 0.20 by 8 % (seven snapshots; power_profile_test.cpp
// checks this).

/// After step `step`, from which on the weights are `values`. Does nothing if the EMAs are undefined or not
/// due.
void update_tracked_emas(const TrackedEmas& emas, const torch::Tensor& values, std::int64_t step);

/// Writes the EMAs of a checkpoint in float32, unless they are undefined or not updated yet, or
/// reads them; undefined: there are none that can be read. Writing throws Error.
void save_tracked_emas(const std::filesystem::path& checkpoint, std::int64_t step, const TrackedEmas& emas);
TrackedEmas read_tracked_emas(const std::filesystem::path& checkpoint, std::int64_t size);

/// Writes a snapshot after `step` in half precision to the run in `folder`. Throws Error.
void save_ema_snapshot(const std::filesystem::path& folder, std::int64_t step, const TrackedEmas& emas);

/// The EMA of the given length after `step`, from the tracked ones at this step and the earlier snapshots of
/// the run in `folder`. Snapshots that cannot be read are left out. Throws Error if the length cannot be
/// chosen.
torch::Tensor ema_of_length(double length, std::int64_t step, const TrackedEmas& emas,
                            const std::filesystem::path& folder);

/// The model with the EMA of another length, from the checkpoint that it was read from. 0: the model itself.
/// Throws Error if the run has not tracked EMAs.
Model with_ema_length(Model model, double length);

}  // namespace denoise
