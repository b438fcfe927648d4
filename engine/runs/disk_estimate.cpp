#include "engine/runs/disk_estimate.h"

#include "engine/base/error.h"
#include "engine/base/memory.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// Weights, EMA and two moments of the optimizer, in float32.
constexpr std::int64_t bytes_per_parameter = 16;
/// Two more EMAs, in float32 beside two checkpoints and the one being written, and in half precision in
/// snapshots.
constexpr std::int64_t tracked_files = 3, tracked_bytes_per_parameter = 8, snapshot_bytes_per_parameter = 4;
constexpr std::int64_t header_bytes = 64 << 10;

/// `folder`, or the nearest folder above it that exists.
fs::path existing_part(fs::path folder) {
    std::error_code code;
    folder = fs::absolute(folder, code);
    while (!fs::exists(folder, code) && folder.has_parent_path() && folder != folder.parent_path())
        folder = folder.parent_path();
    return folder;
}

std::int64_t parameters_of(const RunConfig& config, int channels, int height, int width) {
    return parameter_count(describe_unet(config.unet, channels, height, width));
}

}  // namespace

std::int64_t estimate_checkpoint_bytes(const RunConfig& config, int channels, int height, int width) {
    return header_bytes + bytes_per_parameter * parameters_of(config, channels, height, width);
}

std::int64_t estimate_snapshot_bytes(const RunConfig& config, int channels, int height, int width) {
    const std::int64_t snapshots = config.training.ema_snapshots;
    if (snapshots == 0) return 0;
    const std::int64_t parameters = parameters_of(config, channels, height, width);
    return snapshots * (header_bytes + snapshot_bytes_per_parameter * parameters) +
           tracked_files * (header_bytes + tracked_bytes_per_parameter * parameters);
}

std::int64_t estimate_run_bytes(const RunConfig& config, int channels, int height, int width) {
    return (config.training.keep_checkpoints + 1) *
               estimate_checkpoint_bytes(config, channels, height, width) +
           estimate_snapshot_bytes(config, channels, height, width);
}

std::optional<std::int64_t> free_disk_bytes(const fs::path& folder) {
    std::error_code code;
    const fs::space_info space = fs::space(existing_part(folder), code);
    if (code || space.available == static_cast<std::uintmax_t>(-1)) return std::nullopt;
    return static_cast<std::int64_t>(space.available);
}

void check_disk_space(const RunConfig& config, int channels, int height, int width, const fs::path& folder) {
    const std::optional<std::int64_t> available = free_disk_bytes(folder);
    const std::int64_t needed = 2 * estimate_checkpoint_bytes(config, channels, height, width) +
                                estimate_snapshot_bytes(config, channels, height, width);
    if (!available || *available >= needed) return;
    throw Error{"There is not enough disk space to train this run",
                folder.string() + ": its checkpoints need " + memory_text(needed) + " or more, but only " +
                    memory_text(*available) + " are free",
                "Free disk space, or choose another folder for the runs"};
}

}  // namespace denoise
