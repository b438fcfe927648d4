#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "engine/runs/run_config.h"

namespace denoise {

/// The size in bytes of a checkpoint from which a run can be continued, for images with `channels`.
std::int64_t estimate_checkpoint_bytes(const RunConfig& config, int channels, int height, int width);

/// The space in bytes for the EMAs that a run tracks beside its own and for the snapshots of them; 0: there
/// are none.
std::int64_t estimate_snapshot_bytes(const RunConfig& config, int channels, int height, int width);

/// The space in bytes that the folder of a run takes at most, apart from its metrics and samples: the
/// checkpoints that it keeps, the one that is being written, and the snapshots of the EMA.
std::int64_t estimate_run_bytes(const RunConfig& config, int channels, int height, int width);

/// The space in bytes that the user can still write where `folder` is, or will be created. Nothing: unknown.
std::optional<std::int64_t> free_disk_bytes(const std::filesystem::path& folder);

/// Throws Error if `folder` has no space for two checkpoints, of which the second replaces the first, and the
/// snapshots of the EMA: a run could not be saved.
void check_disk_space(const RunConfig& config, int channels, int height, int width,
                      const std::filesystem::path& folder);

}  // namespace denoise
