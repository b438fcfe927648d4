#pragma once

#include <chrono>
#include <filesystem>

namespace denoise {

/// An open file or folder on which advisory locks can be taken. They exclude other processes, and other
/// objects of this class in the same one. The system releases them when the process ends, even if it crashes.
class FileLock {
  public:
    enum class Missing { create, fail };

    /// Opens `path` without waiting; a missing file is created if wanted. If this fails, or if `path` is
    /// something else than a file or a folder, is_open() is false and errno has the reason.
    explicit FileLock(const std::filesystem::path& path, Missing missing = Missing::fail);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;
    ~FileLock();

    bool is_open() const { return descriptor_ >= 0; }
    /// Takes the lock, for which it waits up to `patience`. Returns whether it has it. `errno` is EWOULDBLOCK
    /// if another has it, and something else if the file system has no locks.
    bool lock(std::chrono::milliseconds patience);
    /// Whether another has the lock now.
    bool is_locked_elsewhere() const;

  private:
    int descriptor_ = -1;
};

}  // namespace denoise
