#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/runs/run_config.h"

namespace denoise {

/// A setting of a run that was changed after its start, a line of changes.jsonl.
struct SettingChange {
    std::int64_t step = 0;  ///< steps done before the change
    std::string key;
    std::string before, after;  ///< as format_setting() writes them
    bool operator==(const SettingChange&) const = default;
};

/// `config` with the values of `wanted` for all settings that can change during a training.
RunConfig with_live_settings(RunConfig config, const RunConfig& wanted);

/// Whether all settings that are fixed when a run starts have the same values. Not compared are the number of
/// threads, which the program can choose, and the number of classes, which follows from the dataset.
bool same_fixed_settings(const RunConfig& a, const RunConfig& b);

/// What changed from `before` to `after`, among all settings.
std::vector<SettingChange> changes_between(const RunConfig& before, const RunConfig& after,
                                           std::int64_t step);

/// Adds the changes to the history of a run. Throws Error if the file cannot be written.
void append_changes(const std::filesystem::path& run_folder, const std::vector<SettingChange>& changes);
/// The history of a run, oldest first. Skips lines that are not valid; empty if there is no history. Throws
/// Error if the file exists and cannot be read.
std::vector<SettingChange> read_changes(const std::filesystem::path& run_folder);

/// "Learning rate: 0.002 → 0.001"
std::string describe(const SettingChange& change);

}  // namespace denoise
