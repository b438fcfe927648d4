#pragma once

#include <filesystem>

namespace denoise {

/// An advisory lock on the file "lock" of a run folder. The system releases it when the process ends, even if
/// it crashes.
class RunLock {
  public:
    /// Throws Error if another process has the lock, or if the file cannot be written.
    explicit RunLock(const std::filesystem::path& folder);
    RunLock(RunLock&& other) noexcept;
    RunLock& operator=(RunLock&& other) noexcept;
    ~RunLock();

  private:
    int descriptor_ = -1;
};

/// Whether a process has the run open for training.
bool run_is_locked(const std::filesystem::path& folder);

}  // namespace denoise
