#include "engine/base/file_lock.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <optional>

#include "tests/support/files.h"

namespace denoise {
namespace {

using test::TemporaryFolder;
using namespace std::chrono_literals;

TEST(FileLock, ExcludesOthersUntilItGoesAway) {
    const TemporaryFolder folder;
    std::optional<FileLock> first(FileLock(folder / "lock", FileLock::Missing::create));
    ASSERT_TRUE(first->lock(0ms));
    FileLock second(folder / "lock", FileLock::Missing::create);
    EXPECT_FALSE(second.lock(30ms));
    EXPECT_EQ(errno, EWOULDBLOCK);
    EXPECT_TRUE(second.is_locked_elsewhere());
    first.reset();
    EXPECT_FALSE(second.is_locked_elsewhere());
    EXPECT_TRUE(second.lock(0ms));
}

TEST(FileLock, ExcludesOtherProcessesAndEndsWithThem) {
    const TemporaryFolder folder;
    const pid_t child = ::fork();
    if (child == 0) {
        FileLock lock(folder / "lock", FileLock::Missing::create);
        if (!lock.lock(0ms)) ::_exit(1);
        ::pause();  // until it is killed
        ::_exit(0);
    }
    const FileLock lock(folder / "lock", FileLock::Missing::create);
    for (int i = 0; i < 500 && !lock.is_locked_elsewhere(); ++i) ::usleep(10'000);
    EXPECT_TRUE(lock.is_locked_elsewhere());
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_FALSE(lock.is_locked_elsewhere()) << "the system has released it";
}

TEST(FileLock, CanLockAFolder) {
    const TemporaryFolder folder;
    FileLock first(folder.path()), second(folder.path());
    EXPECT_TRUE(first.lock(0ms));
    EXPECT_FALSE(second.lock(0ms));
    EXPECT_TRUE(folder.names().empty()) << "without a file in it";
}

TEST(FileLock, DoesNotOpenAPipeOrWhatIsMissing) {
    const TemporaryFolder folder;
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    EXPECT_FALSE(FileLock(folder / "pipe").is_open());
    EXPECT_FALSE(FileLock(folder / "pipe", FileLock::Missing::create).is_open());
    EXPECT_FALSE(FileLock(folder / "none").is_open());
    EXPECT_FALSE(FileLock(folder / "none").is_locked_elsewhere());
    EXPECT_FALSE(FileLock(folder.path(), FileLock::Missing::create).is_open()) << "it would be a file";
}

}  // namespace
}  // namespace denoise
