#include "engine/base/mapped_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>
#include <vector>

#include "engine/base/error.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t size = 1 << 20;

class MappedFileTest : public testing::Test {
  protected:
    fs::path file(const std::string& name = "pixels") const {
        const fs::path path = folder_.path() / name;
        std::ofstream(path, std::ios::binary) << std::string(size, '\7');
        return path;
    }
    static bool all(const MappedFile& mapped, std::uint8_t value) {
        return std::all_of(mapped.data(), mapped.data() + mapped.size(),
                           [value](std::uint8_t byte) { return byte == value; });
    }

    test::TemporaryFolder folder_;
};

TEST_F(MappedFileTest, HasTheBytesOfItsFile) {
    const MappedFile mapped(file(), size);
    EXPECT_TRUE(all(mapped, 7));
    EXPECT_TRUE(mapped.intact());
    EXPECT_THROW(MappedFile(file(), size - 1), Error);
    EXPECT_THROW(MappedFile(folder_.path(), size), Error);
}

TEST_F(MappedFileTest, AShortenedFileIsReadAsZerosAndIsNotIntact) {
    const fs::path path = file();
    const MappedFile mapped(path, size), other(file("other"), size);
    EXPECT_TRUE(all(mapped, 7));
    fs::resize_file(path, 100'000);
    EXPECT_FALSE(mapped.intact());
    EXPECT_EQ(mapped.data()[size - 1], 0) << "without the handler, the program would end here";
    fs::resize_file(path, size);  // the bytes that were read are wrong nevertheless
    EXPECT_FALSE(mapped.intact());
    EXPECT_TRUE(all(mapped, 0)) << "all of them, and not a mixture";
    EXPECT_TRUE(all(other, 7));
    EXPECT_TRUE(other.intact());
}

TEST_F(MappedFileTest, ManyThreadsSurviveAFileThatIsShortenedWhileTheyRead) {
    const fs::path path = file();
    const MappedFile mapped(path, size);
    std::atomic<int> reading = 0;
    const auto read = [&](std::size_t offset) {
        const volatile std::uint8_t* byte = mapped.data() + offset;
        ++reading;
        while (*byte == 7) std::this_thread::yield();
    };
    std::vector<std::jthread> threads;
    for (const std::size_t offset : {size - 1, size / 2, size / 2 + 5000, size / 4})
        threads.emplace_back(read, offset);
    while (reading < 4) std::this_thread::yield();
    fs::resize_file(path, 0);
    threads.clear();
    EXPECT_FALSE(mapped.intact());
}

TEST_F(MappedFileTest, AnotherFileCanBeMappedAfterwards) {
    const fs::path path = file();
    for (int i = 0; i < 3; ++i) {
        const MappedFile mapped(file(), size);
        EXPECT_TRUE(mapped.intact());
        EXPECT_TRUE(all(mapped, 7));
        fs::resize_file(path, 1);
        EXPECT_EQ(mapped.data()[size - 1], 0);
        EXPECT_FALSE(mapped.intact());
    }
}

TEST_F(MappedFileTest, OtherBusErrorsStillEndTheProgram) {
    const auto ended_by = [this](auto work) {
        const pid_t child = ::fork();
        if (child == 0) {
            std::signal(SIGBUS, SIG_DFL);  // instead of that of a sanitizer
            const MappedFile mapped(file(), size);
            work();
            ::_exit(0);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    };
    EXPECT_EQ(ended_by([] { ::raise(SIGBUS); }), SIGBUS);
    const fs::path path = file("unguarded");
    const int descriptor = ::open(path.c_str(), O_RDONLY);
    const auto* bytes = static_cast<const volatile std::uint8_t*>(
        ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0));
    fs::resize_file(path, 0);
    EXPECT_EQ(ended_by([&] { (void)bytes[size - 1]; }), SIGBUS);
    ::munmap(const_cast<std::uint8_t*>(bytes), size);
    ::close(descriptor);
}

TEST_F(MappedFileTest, TheHandlerOfBeforeIsBackWhenNothingIsMapped) {
    struct sigaction before {
    }, meanwhile{}, after{};
    ::sigaction(SIGBUS, nullptr, &before);
    {
        const MappedFile mapped(file(), size);
        ::sigaction(SIGBUS, nullptr, &meanwhile);
        EXPECT_NE(meanwhile.sa_sigaction, before.sa_sigaction);
    }
    ::sigaction(SIGBUS, nullptr, &after);
    EXPECT_EQ(after.sa_sigaction, before.sa_sigaction);
}

}  // namespace
}  // namespace denoise
