#include "engine/base/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

namespace denoise {
namespace {

int open_file(const std::filesystem::path& path, FileLock::Missing missing) {
    const int flags = missing == FileLock::Missing::create ? O_RDWR | O_CREAT : O_RDONLY;
    const int descriptor = ::open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC, 0644);
    struct stat status {};
    const bool can_lock =
        descriptor >= 0 && ::fstat(descriptor, &status) == 0 &&
        (S_ISREG(status.st_mode) || (missing == FileLock::Missing::fail && S_ISDIR(status.st_mode)));
    if (descriptor < 0 || can_lock) return descriptor;
    ::close(descriptor);
    errno = EINVAL;
    return -1;
}

}  // namespace

FileLock::FileLock(const std::filesystem::path& path, Missing missing)
    : descriptor_(open_file(path, missing)) {}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool FileLock::lock(std::chrono::milliseconds patience) {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::milliseconds pause{25};
    for (const Clock::time_point end = Clock::now() + patience;;) {
        if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return true;
        if (errno != EWOULDBLOCK || Clock::now() >= end) return false;
        std::this_thread::sleep_for(std::min(pause, patience));
    }
}

bool FileLock::is_locked_elsewhere() const {
    if (descriptor_ < 0) return false;
    if (::flock(descriptor_, LOCK_SH | LOCK_NB) != 0) return errno == EWOULDBLOCK;
    ::flock(descriptor_, LOCK_UN);
    return false;
}

}  // namespace denoise
