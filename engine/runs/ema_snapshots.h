#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/runs/run_folder.h"

namespace denoise {

// Which EMAs of the weights a run tracks, so that an EMA of another length can be computed from them after
// the training (Karras et al. 2024, "Analyzing and improving the training dynamics of diffusion models",
// sec. 3.2), and when snapshots of them are taken. The length of an EMA is its relative standard deviation
// sigma_rel: that of the time at which the averaged weights were reached, as a fraction of the whole time.
// See ema_lengths.h.

inline constexpr std::array<double, 2> tracked_ema_lengths = {0.05, 0.10};
/// The lengths that can be chosen. Beyond them, they could not be computed well.
inline constexpr double shortest_ema_length = 0.03, longest_ema_length = 0.20;

/// The names of the tracked EMAs in files.
inline constexpr std::array<const char*, 2> tracked_ema_names = {"ema_by_length.0.05", "ema_by_length.0.10"};

/// The tracked EMAs are averages of the weights after every so many steps, which hardly differ from averages
/// of all of them and take a fourth of the time.
inline constexpr std::int64_t tracked_ema_interval = 4;
/// The last step up to `step` after which the tracked EMAs were updated; 0: there was none yet.
constexpr std::int64_t last_tracked_step(std::int64_t step) {
    return step - step % tracked_ema_interval;
}

/// The number of the snapshot that is taken after `step`: each at a step about 1.1 times that of the one
/// before, from step 64 on. nullopt: none is.
std::optional<int> snapshot_number(std::int64_t step);

/// The file with the tracked EMAs of a checkpoint, with the snapshots of its run. Only the newest two keep
/// it.
std::filesystem::path tracked_ema_file(const std::filesystem::path& checkpoint);
/// Deletes those of all other checkpoints of the run in `folder`.
void remove_old_tracked_emas(const std::filesystem::path& folder);

/// Which of the snapshots in `files` (newest first) to delete so that `keep` remain: more of the newest ones,
/// on which EMAs of all lengths depend most, and every second of the older ones.
std::vector<CheckpointFile> surplus_snapshots(const std::vector<CheckpointFile>& files, int keep);

/// The relative standard deviation sigma_rel of an EMA that weights the past by a power function with this
/// gamma, its length: sqrt(gamma + 1) / ((gamma + 2) sqrt(gamma + 3)) (Karras et al. 2024, eq. 17).
double length_of_gamma(double gamma);

/// The EMA length (sigma_rel) that an EMA with a horizon of the fraction `share` of the steps so far has (see
/// TrainingConfig::ema_share); 0: no EMA.
double ema_length_of_share(double share);

/// Throws Error if `length` is neither 0, which is the EMA of the checkpoint, nor one that can be chosen.
void check_ema_length(double length);

/// Why the EMA length of a model cannot be chosen, in a sentence without full stop; empty: it can. `path` is
/// a run folder, of which the newest checkpoint counts, or a checkpoint. Reads only the beginning of files.
std::string why_no_ema_lengths(const std::filesystem::path& path);

}  // namespace denoise
