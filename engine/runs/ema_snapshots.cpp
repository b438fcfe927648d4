#include "engine/runs/ema_snapshots.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/base/setting.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t first_snapshot = 64;
constexpr double growth = 1.1;
constexpr std::size_t checkpoints_with_emas = 2;

std::int64_t next_snapshot(std::int64_t step) {
    const auto grown = static_cast<std::int64_t>(std::ceil(static_cast<double>(step) * growth));
    // A step after which the EMAs are updated.
    return last_tracked_step(std::max(grown, step + 1) + tracked_ema_interval - 1);
}

}  // namespace

std::optional<int> snapshot_number(std::int64_t step) {
    int number = 0;
    for (std::int64_t at = first_snapshot; at <= step; at = next_snapshot(at), ++number)
        if (at == step) return number;
    return std::nullopt;
}

fs::path tracked_ema_file(const fs::path& checkpoint) {
    // In a run beside the snapshots, so that its checkpoints have a folder of their own.
    const fs::path name = checkpoint.stem().string() + ".ema", folder = checkpoint.parent_path();
    return folder.filename() == run_file::checkpoints ? folder.parent_path() / run_file::ema_snapshots / name
                                                      : folder / name;
}

void remove_old_tracked_emas(const fs::path& folder) {
    std::vector<fs::path> kept;
    for (const CheckpointFile& file : list_checkpoints(folder))
        if (kept.size() < checkpoints_with_emas) kept.push_back(tracked_ema_file(file.path));
    std::error_code code;
    std::vector<fs::path> old;
    for (fs::directory_iterator entry(folder / run_file::ema_snapshots, code), end; !code && entry != end;
         entry.increment(code))
        if (entry->path().extension() == ".ema" && std::ranges::find(kept, entry->path()) == kept.end())
            old.push_back(entry->path());
    for (const fs::path& path : old) fs::remove(path, code);
}

std::vector<CheckpointFile> surplus_snapshots(const std::vector<CheckpointFile>& files, int keep) {
    const int dense = (keep + 2) / 2;
    std::vector<CheckpointFile> surplus;
    std::optional<int> newest;
    int kept = 0;
    for (const CheckpointFile& file : files) {
        const std::optional<int> number = snapshot_number(file.step);
        if (number && !newest) newest = number;
        const bool wanted = number && kept < keep && (*newest - *number < dense || *number % 2 == 0);
        if (wanted)
            ++kept;
        else
            surplus.push_back(file);
    }
    return surplus;
}

double length_of_gamma(double gamma) {
    return std::sqrt(gamma + 1) / ((gamma + 2) * std::sqrt(gamma + 3));
}

double ema_length_of_share(double share) {
    if (share <= 0 || share > 1) return 0;
    return length_of_gamma(1 / share - 1);  // 1 - 1/(share t) is about (1 - 1/t)^(gamma + 1)
}

void check_ema_length(double length) {
    if (length == 0 || (length >= shortest_ema_length && length <= longest_ema_length)) return;
    throw Error{"Cannot use an EMA length of " + format_setting(length),
                "lengths from " + format_setting(shortest_ema_length) + " to " +
                    format_setting(longest_ema_length) + " can be computed",
                "Choose one of these, or 0 for the EMA of the run", "ema_length"};
}

std::string why_no_ema_lengths(const fs::path& path) {
    if (path.empty()) return "The model is not a run of Denoise Lab";
    std::error_code code;
    fs::path file = path;
    if (fs::is_directory(path, code)) {
        const std::vector<CheckpointFile> checkpoints = list_checkpoints(path);
        if (checkpoints.empty()) return "The model is not a run of Denoise Lab";
        file = checkpoints.front().path;
    }
    if (fs::exists(tracked_ema_file(file), code)) return {};
    const std::vector<CheckpointFile> all = list_checkpoints(file.parent_path().parent_path());
    if (!all.empty() && fs::exists(tracked_ema_file(all.front().path), code))
        return "Only the newest checkpoints of a run have what other lengths are computed from";
    return "The run kept no snapshots of its EMA, which the setting \"EMA snapshots\" switches on for new "
           "runs";
}

}  // namespace denoise
