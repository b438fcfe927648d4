#pragma once

#include <filesystem>

#include "engine/base/file_lock.h"

namespace denoise {

/// The lock on the file "lock" of a run folder, which a process has while it trains the run.
class RunLock {
  public:
    /// Throws Error if another process has the lock, or if the file cannot be written.
    explicit RunLock(const std::filesystem::path& folder);

  private:
    FileLock lock_;
};

/// Whether a process has the run open for training.
bool run_is_locked(const std::filesystem::path& folder);

}  // namespace denoise
