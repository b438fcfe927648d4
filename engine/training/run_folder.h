#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/picture.h"
#include "engine/training/metrics.h"
#include "engine/training/run_header.h"

namespace denoise {

/// state.json: how a run stands.
enum class RunStatus { running, stopped, finished };

/// Throws Error when the folder holds no run, a damaged one or one of a newer program.
RunHeader read_run_header(const std::filesystem::path& folder);
RunStatus read_run_status(const std::filesystem::path& folder);

/// Whether a living process has the run open for training.
bool run_is_locked(const std::filesystem::path& folder);

/// Checkpoint files of a run, newest (most steps) first.
struct CheckpointFile {
    std::filesystem::path path;
    std::int64_t step = 0;
};
std::vector<CheckpointFile> list_checkpoints(const std::filesystem::path& folder);

/// Sample grids of a run, oldest first.
std::vector<CheckpointFile> list_sample_grids(const std::filesystem::path& folder);

/// A run that is open for training: run.json, state.json, metrics.jsonl, checkpoints/, samples/. Holds the
/// folder's lock as long as it lives, so that a run whose process died is told from one that is training.
class RunFolder {
  public:
    /// Makes the folder and run.json. Throws Error when it cannot be written or holds a run already.
    static RunFolder create(const std::filesystem::path& folder, RunHeader header);
    /// Throws Error as read_run_header() does, and when another process trains the run.
    static RunFolder open(const std::filesystem::path& folder);

    RunFolder(RunFolder&&) noexcept;
    RunFolder& operator=(RunFolder&&) noexcept;
    ~RunFolder();

    const std::filesystem::path& path() const { return folder_; }
    const RunHeader& header() const { return header_; }
    void set_config(const RunConfig& config);
    void set_status(RunStatus status);

    void append(const StepMetrics& metrics);  ///< buffered
    void flush_metrics();

    std::filesystem::path checkpoint_path(std::int64_t step) const;
    /// Removes the oldest checkpoints so that `keep` stay.
    void prune_checkpoints(int keep);
    void save_sample_grid(std::int64_t step, const Picture& grid);

  private:
    RunFolder(std::filesystem::path folder, RunHeader header);
    void write_header() const;

    struct Lock;
    std::filesystem::path folder_;
    RunHeader header_;
    std::unique_ptr<Lock> lock_;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> metrics_;
};

}  // namespace denoise
