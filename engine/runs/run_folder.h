#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/base/enum_names.h"
#include "engine/base/picture.h"
#include "engine/runs/metrics.h"
#include "engine/runs/run_header.h"

namespace denoise {

/// The names of the files and folders in a run folder.
namespace run_file {
inline constexpr const char* header = "run.json";
inline constexpr const char* state = "state.json";
inline constexpr const char* metrics = "metrics.jsonl";
inline constexpr const char* changes = "changes.jsonl";  ///< settings that were changed after the start
inline constexpr const char* lock = "lock";
inline constexpr const char* checkpoints = "checkpoints";  ///< a folder
inline constexpr const char* samples = "samples";          ///< a folder
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

/// Whether a process has the run open for training.
bool run_is_locked(const std::filesystem::path& folder);

/// A file whose name is a number of steps.
struct CheckpointFile {
    std::filesystem::path path;
    std::int64_t step = 0;
};
/// The checkpoints of a run, newest first.
std::vector<CheckpointFile> list_checkpoints(const std::filesystem::path& folder);
/// The sample grids of a run, oldest first.
std::vector<CheckpointFile> list_sample_grids(const std::filesystem::path& folder);

/// A run that is open for training. Holds the lock of the folder, which tells a run that is training from one
/// whose process has crashed.
class RunFolder {
  public:
    /// Creates the folder and its run.json. Throws Error if it cannot be written or already contains a run.
    static RunFolder create(const std::filesystem::path& folder, RunHeader header);
    /// Throws Error like read_run_header(), and if another process is training the run.
    static RunFolder open(const std::filesystem::path& folder);

    RunFolder(RunFolder&&) noexcept;
    RunFolder& operator=(RunFolder&&) noexcept;
    ~RunFolder();

    const std::filesystem::path& path() const { return folder_; }
    const RunHeader& header() const { return header_; }
    void set_config(const RunConfig& config);
    void set_execution(const MeasuredExecution& measured);
    void set_status(RunStatus status);

    void append(const StepMetrics& metrics);  ///< buffered
    void flush_metrics();

    std::filesystem::path checkpoint_path(std::int64_t step) const;
    /// Deletes all but the newest `keep` checkpoints that are intact, of which `written` is known to be one.
    /// Damaged checkpoints that are newer than these are not deleted.
    void prune_checkpoints(int keep, const std::filesystem::path& written = {});
    void save_sample_grid(std::int64_t step, const Picture& grid);

  private:
    RunFolder(std::filesystem::path folder, RunHeader header);
    void write_header() const;
    bool is_intact(const std::filesystem::path& checkpoint);

    struct Lock;
    std::filesystem::path folder_;
    RunHeader header_;
    std::unique_ptr<Lock> lock_;
    std::set<std::filesystem::path> intact_;  ///< checkpoints that were checked or written
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> metrics_;
};

}  // namespace denoise
