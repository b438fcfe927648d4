#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "engine/runs/run_follower.h"

namespace denoise {

/// Looks at the folder of a run in a thread of its own, with a RunFollower, so that a slow or hanging drive
/// keeps nobody waiting.
class RunPolling {
  public:
    using Look = std::function<RunNews()>;

    /// `interval`: from the end of a look to the next one. It is skipped while there are more steps to read.
    RunPolling(const std::filesystem::path& folder, std::chrono::milliseconds interval);
    /// With another function than RunFollower::poll(), for tests.
    RunPolling(Look look, std::chrono::milliseconds interval);
    /// Does not wait for a drive that hangs: the thread then ends by itself when the drive answers, and
    /// touches nothing but its own state until then.
    ~RunPolling();
    RunPolling(const RunPolling&) = delete;
    RunPolling& operator=(const RunPolling&) = delete;

    /// What the looks since the last call have found, oldest first. Does not wait.
    std::vector<RunNews> take();
    /// How long the present look has taken so far; 0 between two looks.
    std::chrono::milliseconds waiting() const;

  private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

}  // namespace denoise
