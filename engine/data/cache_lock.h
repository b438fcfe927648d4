#pragma once

#include <filesystem>
#include <optional>

namespace denoise {

/// A lock on a file that several may have to read, and only one to write. The system releases it when the
/// process ends, even if it is killed. Objects in the same process exclude each other like processes.
class CacheLock {
  public:
    enum class Kind { shared, exclusive };

    /// Takes the lock without waiting. Creates a missing file. Nothing: another has it. Throws
    /// std::system_error if the file cannot be opened or the file system has no locks.
    static std::optional<CacheLock> take(const std::filesystem::path& path, Kind kind);

    CacheLock(CacheLock&& other) noexcept;
    CacheLock& operator=(CacheLock&& other) noexcept;
    ~CacheLock();

    /// From an exclusive to a shared lock. Another may take the lock in between.
    void share();
    /// Whether the lock is still that of `path`: the file may have been deleted or replaced.
    bool is_of(const std::filesystem::path& path) const;

  private:
    explicit CacheLock(int descriptor) : descriptor_(descriptor) {}

    int descriptor_ = -1;
};

}  // namespace denoise
