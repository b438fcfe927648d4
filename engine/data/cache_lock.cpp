#include "engine/data/cache_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace denoise {

std::optional<CacheLock> CacheLock::take(const std::filesystem::path& path, Kind kind) {
    while (true) {
        CacheLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
        if (lock.descriptor_ < 0) throw std::system_error(errno, std::generic_category());
        if (::flock(lock.descriptor_, (kind == Kind::shared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0) {
            if (errno == EINTR) continue;
            if (errno == EWOULDBLOCK) return std::nullopt;
            throw std::system_error(errno, std::generic_category());
        }
        if (lock.is_of(path)) return lock;  // otherwise it was deleted between the two calls
    }
}

CacheLock::CacheLock(CacheLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

CacheLock& CacheLock::operator=(CacheLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

CacheLock::~CacheLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void CacheLock::share() {
    ::flock(descriptor_, LOCK_SH | LOCK_NB);
}

bool CacheLock::is_of(const std::filesystem::path& path) const {
    struct stat mine {
    }, named{};
    return ::fstat(descriptor_, &mine) == 0 && ::stat(path.c_str(), &named) == 0 &&
           mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

}  // namespace denoise
