#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/base/enum_names.h"
#include "engine/base/picture.h"
#include "engine/runs/metrics_writer.h"
#include "engine/runs/run_header.h"
#include "engine/runs/run_lock.h"

namespace denoise {

/// The names of the files and folders in a run folder.
namespace run_file {
inline constexpr const char* header = "run.json";
inline constexpr const char* state = "state.json";
inline constexpr const char* metrics = "metrics.jsonl";
inline constexpr const char* changes = "changes.jsonl";  ///< settings that were changed after the start
inline constexpr const char* notes = "notes.json";       ///< of a person, see run_notes.h
inline constexpr const char* lock = "lock";
inline constexpr const char* checkpoints = "checkpoints";      ///< a folder
inline constexpr const char* samples = "samples";              ///< a folder
inline constexpr const char* ema_snapshots = "ema_snapshots";  ///< a folder, see ema_snapshots.h
}  // namespace run_file

/// The status of a run, stored in state.json.
enum class RunStatus { running, stopped, finished };
template <>
inline constexpr std::array names_of<RunStatus> = {
    NamedValue{RunStatus::running, "running", "Running"},
    NamedValue{RunStatus::stopped, "stopped", "Stopped"},
    NamedValue{RunStatus::finished, "finished", "Finished"},
};

/// A path in `parent` for a new run, made of date, time and dataset. Nothing exists at this path yet.
std::filesystem::path new_run_folder(const std::filesystem::path& parent, const std::string& dataset_name);

/// Whether the folder contains a run, that is, a run.json.
bool is_run_folder(const std::filesystem::path& folder);

/// Throws Error if the folder contains no run, a damaged one, or one of a newer version of the program.
RunHeader read_run_header(const std::filesystem::path& folder);
/// A run without a state.json is stopped. Throws Error if state.json is damaged.
RunStatus read_run_status(const std::filesystem::path& folder);

/// A file whose name is a number of steps.
struct CheckpointFile {
    std::filesystem::path path;
    std::int64_t step = 0;

    bool operator==(const CheckpointFile&) const = default;
};
/// The checkpoints of a run, newest first.
std::vector<CheckpointFile> list_checkpoints(const std::filesystem::path& folder);
/// The snapshots of the tracked EMAs of a run, newest first.
std::vector<CheckpointFile> list_ema_snapshots(const std::filesystem::path& folder);
std::filesystem::path ema_snapshot_path(const std::filesystem::path& folder, std::int64_t step);
/// The sample grids of a run, oldest first.
std::vector<CheckpointFile> list_sample_grids(const std::filesystem::path& folder);

/// A run that is open for training. Holds the lock of the folder, which tells a run that is training from one
/// whose process has crashed.
class RunFolder {
  public:
    /// Creates the folder of a new run without its run.json, so that it does not count as a run before
    /// publish(). Throws Error if it cannot be written or already contains a run; the folder is then as it
    /// was before.
    static RunFolder prepare(const std::filesystem::path& folder, RunHeader header);
    /// Writes run.json and state.json. Call it when the first checkpoint has been written.
    void publish();
    /// After prepare(): removes the files and folders that did not exist before it. For a start that has
    /// failed.
    void discard();
    /// prepare() and publish().
    static RunFolder create(const std::filesystem::path& folder, RunHeader header);
    /// Throws Error like read_run_header(), if another process is training the run, if its folder cannot be
    /// written to, and if something that is not a file has the name of a file of the run.
    static RunFolder open(const std::filesystem::path& folder);

    const std::filesystem::path& path() const { return folder_; }
    const RunHeader& header() const { return header_; }
    void set_config(const RunConfig& config);
    void set_execution(const MeasuredExecution& measured);
    void set_processes(int processes);  ///< that train the run
    /// Throws Error if state.json cannot be written. `stopped` is also what a run without a state.json is, so
    /// it needs no space on the disk.
    void set_status(RunStatus status);

    void append(const StepMetrics& metrics) { metrics_.append(metrics); }
    void flush_metrics() { metrics_.flush(); }  ///< throws Error; the metrics are kept for the next call

    std::filesystem::path checkpoint_path(std::int64_t step) const;
    /// Whether a run can be continued from a checkpoint.
    using Usable = std::function<bool(const std::filesystem::path&)>;
    /// Deletes all but the newest `keep` checkpoints that are usable. `written`, which has just been written,
    /// is one of them in any case. Files that are newer than these and not usable are not deleted. `usable`
    /// is called once for each version of a file.
    void prune_checkpoints(int keep, const Usable& usable, const std::filesystem::path& written = {});
    void save_sample_grid(std::int64_t step, const Picture& grid);

  private:
    RunFolder(std::filesystem::path folder, RunHeader header);
    void write_header() const;
    bool is_usable(const std::filesystem::path& checkpoint, const Usable& usable);

    /// A version of a checkpoint that has been checked.
    struct Verdict {
        std::filesystem::file_time_type changed;
        std::uintmax_t bytes = 0;
        bool usable = false;
    };
    std::filesystem::path folder_;
    RunHeader header_;
    RunLock lock_;
    std::vector<std::filesystem::path> created_;  ///< by prepare(), the outermost folder first
    std::map<std::filesystem::path, Verdict> verdicts_;
    MetricsWriter metrics_;
};

}  // namespace denoise
