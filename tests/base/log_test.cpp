#include "engine/base/log.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <sstream>
#include <thread>

#include "tests/support/files.h"
#include "tests/support/full_disk.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::read_bytes;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class LogTest : public testing::Test {
  protected:
    ~LogTest() override { stop_log(); }
    TemporaryFolder folder_;
};

TEST_F(LogTest, EachLineHasTimeProcessAndLevel) {
    start_log("program", LogLevel::info, folder_.path());
    EXPECT_EQ(log_file(), folder_ / "program.log");
    log(LogLevel::warning, "the disk is nearly full");
    const std::string line =
        "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}  \\d+  warning  the disk is nearly full\n";
    EXPECT_TRUE(std::regex_match(read_bytes(log_file()), std::regex(line))) << read_bytes(log_file());
}

TEST_F(LogTest, HasOnlyTheLevelsThatAreWanted) {
    start_log("program", LogLevel::warning, folder_.path());
    log(LogLevel::debug, "aaa");
    log(LogLevel::info, "bbb");
    log(LogLevel::warning, "ccc");
    log_error({"Cannot do it", "/a: no space", "Make room"});
    EXPECT_THAT(read_bytes(log_file()),
                testing::AllOf(Not(HasSubstr("aaa")), Not(HasSubstr("bbb")), HasSubstr("ccc"),
                               HasSubstr("Cannot do it: /a: no space. Make room.")));
    start_log("silent", LogLevel::off, folder_.path());
    log(LogLevel::error, "ddd");
    EXPECT_TRUE(log_file().empty());
    EXPECT_THAT(folder_.names(), ElementsAre("program.log"));
}

TEST_F(LogTest, ANameCannotForgeALine) {
    start_log("program", LogLevel::info, folder_.path());
    log(LogLevel::info, "opened a\n2026-01-01 00:00:00.000  1  error    b\x1b[31m");
    const std::string text = read_bytes(log_file());
    EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST_F(LogTest, IsBounded) {
    start_log("program", LogLevel::info, folder_.path());
    const std::string line(1000, 'x');
    for (int i = 0; i < 5000; ++i) log(LogLevel::info, line);
    EXPECT_THAT(folder_.names(), ElementsAre("program.1.log", "program.2.log", "program.log"));
    std::uintmax_t bytes = 0;
    for (const auto& entry : fs::directory_iterator(folder_.path())) bytes += entry.file_size();
    EXPECT_LT(bytes, 3'300'000u);
}

TEST_F(LogTest, ThatCannotBeWrittenIsNoError) {
    test::write_bytes(folder_ / "file", "");
    start_log("program", LogLevel::info, folder_.path() / "file" / "log");  // not a folder
    log(LogLevel::error, "lost");
    EXPECT_TRUE(log_file().empty());
    start_log("program", LogLevel::info, {});  // no home folder
    log(LogLevel::error, "lost");
    ASSERT_EQ(::mkfifo((folder_ / "pipe.log").c_str(), 0600), 0);
    start_log("pipe", LogLevel::info, folder_.path());  // would wait for a reader
    EXPECT_TRUE(log_file().empty());
}

TEST_F(LogTest, AFullDiskIsNoError) {
    start_log("program", LogLevel::info, folder_.path());
    testing::internal::CaptureStderr();
    {
        const test::FullDisk full;
        for (int i = 0; i < 100; ++i) log(LogLevel::error, "lost");
    }
    log(LogLevel::info, "there is space again");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_THAT(read_bytes(folder_ / "program.log"), HasSubstr("there is space again"));
}

TEST_F(LogTest, ThreadsDoNotMixTheirLines) {
    start_log("program", LogLevel::info, folder_.path());
    const auto write = [](char c) {
        for (int i = 0; i < 200; ++i) log(LogLevel::info, "<" + std::string(100, c) + ">");
    };
    std::thread other(write, 'a');
    write('b');
    other.join();
    std::istringstream lines(read_bytes(log_file()));
    int count = 0;
    for (std::string line; std::getline(lines, line); ++count)
        EXPECT_TRUE(line.ends_with("<" + std::string(100, 'a') + ">") ||
                    line.ends_with("<" + std::string(100, 'b') + ">"))
            << line;
    EXPECT_EQ(count, 400);
}

TEST(LogLevels, AreNamedByTheEnvironment) {
    ::setenv("DENOISE_LAB_LOG", "debug", 1);
    EXPECT_EQ(demanded_log_level(), LogLevel::debug);
    ::setenv("DENOISE_LAB_LOG", "loud", 1);
    EXPECT_EQ(demanded_log_level(), std::nullopt);
    ::unsetenv("DENOISE_LAB_LOG");
    EXPECT_EQ(demanded_log_level(), std::nullopt);
}

}  // namespace
}  // namespace denoise
