#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/runs/run_changes.h"
#include "engine/runs/run_life.h"
#include "engine/runs/run_list.h"

namespace denoise {

/// What is new in the folder of a run since the last look at it.
struct RunNews {
    bool reachable = false;          ///< the folder can be read; otherwise, all that follows is empty
    std::string problem = {};        ///< why not, or which file cannot be read; usually empty
    std::vector<StepMetrics> steps;  ///< later steps, or repeated ones, which replace those from the first on
    bool more = false;               ///< there are further steps already
    std::optional<RunConfig> config = {};                    ///< of run.json, if it has changed
    std::optional<std::vector<SettingChange>> changes = {};  ///< all changes of settings, if there are others
    std::optional<CheckpointFile> checkpoint = {};           ///< the newest, if it is another one
    std::optional<std::vector<KeptPreview>> previews = {};   ///< all sample grids, if there are others
    TrainerSign sign = {};
};

/// Follows a run that another process trains, perhaps on another machine, by looking into its folder again
/// and again. It does not rely on notices of the system, because there are none for network drives. It reads
/// only what was added, and never writes to the folder nor locks anything there for longer than a moment.
///
/// A line that is not complete yet is read later. If metrics.jsonl was shortened or replaced, it is read from
/// its start. A folder that has vanished is looked for again.
class RunFollower {
  public:
    /// How much of the metrics the first poll() reads, at the end of the file: some thousand steps. What is
    /// before is the history of the run when it is opened.
    static constexpr std::uintmax_t default_tail = std::uintmax_t{1} << 20;

    explicit RunFollower(std::filesystem::path folder, std::uintmax_t tail = default_tail);

    /// Looks at the folder. The first call returns the config, the changes, the checkpoint and the grids that
    /// are there. Takes as long as the disk does, so do not call it in a thread that must not wait. Throws
    /// nothing.
    RunNews poll();

    std::uintmax_t bytes_read() const { return bytes_read_; }  ///< of metrics.jsonl so far, for tests
    int folders_listed() const { return folders_listed_; }     ///< so far, for tests

  private:
    /// A version of a file or folder.
    struct Stamp {
        std::filesystem::file_time_type changed;
        std::uintmax_t bytes = 0;
        bool operator==(const Stamp&) const = default;
    };
    /// When to look again at something: after a change, and once more, because two changes can have the same
    /// time on drives that store whole seconds.
    struct Glance {
        std::optional<Stamp> stamp;
        bool settled = false;
        int skipped = 0;
    };

    bool is_due(Glance& glance, const std::filesystem::path& path) const;
    void read_steps(RunNews& news);
    void take_complete_lines(std::string_view added, RunNews& news);
    void read_header(RunNews& news);
    void read_changes_made(RunNews& news);
    void list_files(RunNews& news);

    std::filesystem::path folder_;
    std::uintmax_t tail_;
    std::uintmax_t offset_ = 0;  ///< of the first byte that has not been taken
    std::string seam_;           ///< the bytes before it, by which a replaced file is recognized
    bool begun_ = false;         ///< metrics.jsonl has been found
    int holes_seen_ = 0;         ///< how often what follows was not there yet, in a file that is long enough
    std::uintmax_t bytes_read_ = 0;
    int folders_listed_ = 0;
    Glance header_, changes_file_, checkpoints_, samples_;
    std::optional<RunConfig> config_;
    std::optional<std::vector<SettingChange>> changes_;
    std::optional<CheckpointFile> checkpoint_;
    std::optional<std::vector<KeptPreview>> previews_;
};

}  // namespace denoise
