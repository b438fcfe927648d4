#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/session/events.h"

namespace denoise {

enum class RunState {
    finished,     ///< its budget is used up
    stopped,      ///< can go on
    running,      ///< a living process trains it
    interrupted,  ///< its process died; can be recovered from its newest checkpoint
    unreadable,   ///< see RunSummary::problem
};

const char* name_of(RunState state);

struct CheckpointSummary {
    std::filesystem::path path;
    std::int64_t step = 0;
    std::uintmax_t bytes = 0;
};

/// What a list of runs shows.
struct RunSummary {
    std::filesystem::path folder;
    std::string name;  ///< the folder's name
    RunState state = RunState::stopped;
    std::string dataset;  ///< as a person calls it
    std::string created;  ///< ISO 8601, local time
    RunConfig config;
    std::int64_t step = 0;                       ///< of the newest checkpoint
    double loss = 0;                             ///< mean of the last metrics; NaN when there are none
    double seconds = 0;                          ///< training time
    std::vector<CheckpointSummary> checkpoints;  ///< newest first
    std::string problem;                         ///< why it is unreadable
};

/// $DENOISE_LAB_RUNS, or denoise-lab/runs in the user's data folder (XDG_DATA_HOME).
std::filesystem::path default_runs_folder();

/// denoise-lab in the user's cache folder (XDG_CACHE_HOME).
std::filesystem::path default_cache_folder();

/// Newest first; a folder that does not exist has none. Never throws: what cannot be read is listed as
/// unreadable.
std::vector<RunSummary> list_runs(const std::filesystem::path& folder);
RunSummary read_run(const std::filesystem::path& run_folder);

/// The thinned metrics of a run, at most `points` steps. Throws Error.
std::vector<StepMetrics> read_metrics(const std::filesystem::path& run_folder, std::size_t points = 2000);

/// The samples kept in a run: step and picture file, oldest first.
struct KeptPreview {
    std::int64_t step = 0;
    std::filesystem::path path;
};
std::vector<KeptPreview> list_previews(const std::filesystem::path& run_folder);

/// Moves a run to the desktop's trash or, where there is none, renames it to "name.deleted". Throws Error
/// when it is running.
void delete_run(const std::filesystem::path& run_folder);
void rename_run(const std::filesystem::path& run_folder, const std::string& name);

}  // namespace denoise
