#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/enum_names.h"
#include "engine/runs/metrics.h"
#include "engine/runs/metrics_cache.h"
#include "engine/runs/run_config.h"
#include "engine/runs/run_notes.h"

namespace denoise {

/// The state of a run as a list of runs shows it.
enum class RunState { finished, stopped, running, interrupted, unreadable };
template <>
inline constexpr std::array names_of<RunState> = {
    NamedValue{RunState::finished, "finished", "Finished", "the training is complete"},
    NamedValue{RunState::stopped, "stopped", "Stopped", "the training can be resumed"},
    NamedValue{RunState::running, "running", "Running", "a process is training it"},
    NamedValue{RunState::interrupted, "interrupted", "Interrupted",
               "its process ended unexpectedly; the training can be resumed from the newest checkpoint"},
    NamedValue{RunState::unreadable, "unreadable", "Unreadable", "its files cannot be read"},
};

struct CheckpointSummary {
    std::filesystem::path path;
    std::int64_t step = 0;
    std::uintmax_t bytes = 0;
};

/// A run as a list of runs shows it.
struct RunSummary {
    std::filesystem::path folder;
    std::string name;  ///< of the folder
    RunState state = RunState::stopped;
    std::string dataset;  ///< name of the dataset
    std::string created;  ///< ISO 8601, local time
    RunConfig config;
    std::int64_t step = 0;                       ///< of the newest checkpoint
    double loss = 0;                             ///< current_loss()
    double seconds = 0;                          ///< training time
    std::vector<CheckpointSummary> checkpoints;  ///< newest first
    std::string problem;                         ///< why it, or a file that it can do without, is unreadable
    std::int64_t parameters = 0;                 ///< of its network; 0: unknown
    int height = 0, width = 0;                   ///< of its images
    std::filesystem::path preview;               ///< its newest sample grid; empty: none
    RunNotes notes;
    std::string notes_problem;  ///< why the notes cannot be read
    bool writable = true;       ///< whether files in its folder can be written
};

/// $DENOISE_LAB_RUNS if set, otherwise "runs" in data_folder(). Throws Error like data_folder().
std::filesystem::path default_runs_folder();

/// All runs in the folder, newest first. Empty if the folder does not exist. Never throws: runs that cannot
/// be read are listed as unreadable. With a `cache` that is kept from call to call, only the metrics that
/// have changed are read again.
std::vector<RunSummary> list_runs(const std::filesystem::path& folder, MetricsCache* cache = nullptr);
RunSummary read_run(const std::filesystem::path& run_folder, MetricsCache* cache = nullptr);

/// At most `points` steps of the metrics of a run, evenly spaced. Throws Error.
std::vector<StepMetrics> read_metrics(const std::filesystem::path& run_folder, std::size_t points = 2000);

/// A sample grid stored in a run folder.
struct KeptPreview {
    std::int64_t step = 0;
    std::filesystem::path path;

    bool operator==(const KeptPreview&) const = default;
};
/// The sample grids of a run, oldest first.
std::vector<KeptPreview> list_previews(const std::filesystem::path& run_folder);

/// A deleted run.
struct DeletedRun {
    std::filesystem::path folder;  ///< where it was
    std::filesystem::path kept;    ///< where it is
    bool in_trash = true;
};
/// Moves a run to the trash of the desktop. If there is none, renames the folder to "name.deleted". Throws
/// Error if the run is being trained.
DeletedRun delete_run(const std::filesystem::path& run_folder);
/// Moves the run back. Throws Error if it is no longer there, or if there is another run in its place.
void restore_run(const DeletedRun& run);
/// Renames the folder of a run. Throws Error if the run is being trained.
void rename_run(const std::filesystem::path& run_folder, const std::string& name);

}  // namespace denoise
