#include "engine/runs/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/regular_file.h"
#include "engine/runs/run_folder.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// Opens the lock. Returns -1 and sets errno if it cannot be opened or is not a file; a pipe would block.
int open_lock(const fs::path& path, int flags) {
    const int descriptor = ::open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC, 0644);
    struct stat status {};
    if (descriptor < 0 || (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode))) return descriptor;
    ::close(descriptor);
    errno = EINVAL;
    return -1;
}

/// Whether the exclusive lock could be taken. Tries for a tenth of a second, because run_is_locked(), with
/// which a window looks at each run from time to time, has a lock for a moment.
bool lock_exclusively(int descriptor) {
    constexpr int attempts = 5;
    for (int i = 1; ::flock(descriptor, LOCK_EX | LOCK_NB) != 0; ++i) {
        if (i == attempts) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
    return true;
}

}  // namespace

RunLock::RunLock(const fs::path& folder) : descriptor_(open_lock(folder / run_file::lock, O_RDWR | O_CREAT)) {
    const fs::path path = folder / run_file::lock;
    if (descriptor_ < 0) {
        const int reason = errno;
        require_regular_file(path, "Move it away, and try again");
        throw Error{"Cannot write to the run folder", path.string() + ": " + std::strerror(reason),
                    "Choose a folder that you can write to"};
    }
    if (!lock_exclusively(descriptor_)) {
        ::close(descriptor_);
        throw Error{"Cannot train this run", folder.string() + ": another window or command is training it",
                    "Stop the training there first"};
    }
}

RunLock::RunLock(RunLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

RunLock& RunLock::operator=(RunLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

RunLock::~RunLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool run_is_locked(const fs::path& folder) {
    const int descriptor = open_lock(folder / run_file::lock, O_RDONLY);
    if (descriptor < 0) return false;
    const bool locked = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(descriptor);
    return locked;
}

}  // namespace denoise
