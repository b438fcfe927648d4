#include "engine/runs/run_lock.h"

#include <cerrno>
#include <cstring>

#include "engine/base/error.h"
#include "engine/base/regular_file.h"
#include "engine/runs/run_folder.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// run_is_locked(), with which a window looks at each run from time to time, has a lock for a moment.
constexpr std::chrono::milliseconds patience{100};

}  // namespace

RunLock::RunLock(const fs::path& folder) : lock_(folder / run_file::lock, FileLock::Missing::create) {
    const fs::path path = folder / run_file::lock;
    if (!lock_.is_open()) {
        const int reason = errno;
        require_regular_file(path, "Move it away, and try again");
        throw Error{"Cannot write to the run folder", path.string() + ": " + std::strerror(reason),
                    "Choose a folder that you can write to"};
    }
    if (!lock_.lock(patience))
        throw Error{"Cannot train this run", folder.string() + ": another window or command is training it",
                    "Stop the training there first"};
}

bool run_is_locked(const fs::path& folder) {
    return FileLock(folder / run_file::lock).is_locked_elsewhere();
}

}  // namespace denoise
