#include "engine/base/atomic_file.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "engine/formats/animation_file.h"
#include "engine/formats/image_file.h"
#include "engine/formats/safetensors.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

using test::is_error_about;
using test::TemporaryFolder;
using testing::ElementsAre;

TEST(AtomicFile, AppearsOnlyWithCommit) {
    const TemporaryFolder folder;
    {
        AtomicFile file(folder / "a");
        file.write("new", 3);
        EXPECT_FALSE(std::filesystem::exists(folder / "a"));
        file.commit();
        EXPECT_EQ(test::read_bytes(folder / "a"), "new");
    }
    EXPECT_THAT(folder.names(), ElementsAre("a"));
}

TEST(AtomicFile, FollowsALinkAndReplacesNothingButFiles) {
    const TemporaryFolder folder;
    test::write_bytes(folder / "target", "old");
    std::filesystem::create_symlink("target", folder / "link");
    write_text_file(folder / "link", "new");
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
    EXPECT_EQ(test::read_bytes(folder / "target"), "new");
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    for (const std::filesystem::path& path : {folder / "pipe", std::filesystem::path("/dev/null")})
        EXPECT_THAT(test::error_of([&] { write_text_file(path, "new"); }), is_error_about(path, "device"));
    EXPECT_TRUE(std::filesystem::is_fifo(folder / "pipe"));
    EXPECT_THAT(folder.names(), ElementsAre("link", "pipe", "target"));
}

TEST(AtomicFile, ALinkToAMissingFileCreatesThatFile) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "elsewhere");
    std::filesystem::create_symlink("middle", folder / "link");
    std::filesystem::create_symlink(folder / "elsewhere/target", folder / "middle");
    write_text_file(folder / "link", "new");
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "middle"));
    EXPECT_EQ(test::read_bytes(folder / "elsewhere/target"), "new");

    std::filesystem::create_symlink("no/such/folder", folder / "lost");
    EXPECT_THAT(test::error_of([&] { write_text_file(folder / "lost", "new"); }),
                is_error_about(folder / "no/such/folder", "No such file"));
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "lost"));
}

TEST(AtomicFile, LinksThatLeadInACircleAreAnError) {
    const TemporaryFolder folder;
    std::filesystem::create_symlink("b", folder / "a");
    std::filesystem::create_symlink("a", folder / "b");
    EXPECT_THAT(test::error_of([&] { write_text_file(folder / "a", "new"); }),
                is_error_about(folder / "a", "links"));
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "a"));
}

TEST(AtomicFile, ThatItCanBeWrittenIsKnownBefore) {
    const TemporaryFolder folder;
    test::write_bytes(folder / "old", "old");
    check_can_write(folder / "new");
    check_can_write(folder / "old");
    EXPECT_THROW(check_can_write(folder / "no/new"), Error);
    EXPECT_THROW(check_can_write(folder / std::string(256, 'n')), Error);
    EXPECT_THROW(check_can_write(folder.path()), Error);
    EXPECT_THAT(folder.names(), ElementsAre("old"));
    EXPECT_EQ(test::read_bytes(folder / "old"), "old");
}

TEST(AtomicFile, ItsTemporaryNameCannotBePredictedAndFits) {
    const TemporaryFolder folder;
    EXPECT_NE(temporary_path_in(folder.path()), temporary_path_in(folder.path()));
    const std::string longest(255, 'n');
    write_text_file(folder / longest, "text");
    EXPECT_THAT(folder.names(), ElementsAre(longest));
    EXPECT_THAT(test::error_of([&] { AtomicFile file(folder / (longest + "n")); }),
                is_error_about(folder / (longest + "n"), "long"));
    EXPECT_THAT(folder.names(), ElementsAre(longest));
}

TEST(ReadTextFile, OnlyReadsRegularFiles) {
    const TemporaryFolder folder;
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);  // opening it would wait for a writer
    for (const std::filesystem::path& path : {folder / "pipe", std::filesystem::path("/dev/zero")})
        EXPECT_THAT(test::error_of([&] { read_text_file(path); }),
                    is_error_about(path, "not an ordinary file"));
}

TEST(AtomicFile, WithoutCommitTheOldFileStaysAndNothingElse) {
    const TemporaryFolder folder;
    test::write_bytes(folder / "a", "old");
    {
        AtomicFile file(folder / "a");
        file.write("half of the n", 13);
    }
    EXPECT_EQ(test::read_bytes(folder / "a"), "old");
    EXPECT_THAT(folder.names(), ElementsAre("a"));
}

TEST(AtomicFile, CommitReplacesTheOldFile) {
    const TemporaryFolder folder;
    test::write_bytes(folder / "a", "old and longer");
    write_text_file(folder / "a", "new");
    EXPECT_EQ(read_text_file(folder / "a"), "new");
}

TEST(AtomicFile, AFolderThatDoesNotExistIsNamed) {
    const TemporaryFolder folder;
    const auto path = folder / "no/such/folder/a";
    EXPECT_THAT(test::error_of([&] { AtomicFile file(path); }), is_error_about(path, "No such file"));
}

TEST(AtomicFile, AFolderInTheFilesPlaceIsAnErrorAndStays) {
    const TemporaryFolder folder;
    test::write_bytes(folder / "a/inside", "x");
    EXPECT_THAT(test::error_of([&] { write_text_file(folder / "a", "new"); }),
                is_error_about(folder / "a", "directory"));
    EXPECT_THAT(folder.names(), ElementsAre("a"));
    EXPECT_EQ(test::read_bytes(folder / "a/inside"), "x");
}

/// Runs `action` in a process that may not write more than `limit` bytes to a file: as on a full disk,
/// write() fails in the middle. Returns 0 when it threw an Error that speaks of space, as it should.
int run_on_full_disk(rlim_t limit, const std::function<void()>& action) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{limit, limit};
        ::setrlimit(RLIMIT_FSIZE, &small);
        int result = 1;
        try {
            action();
        } catch (const Error& error) {
            result = error.remedy.find("space") != std::string::npos ? 0 : 2;
        } catch (...) {
            result = 3;
        }
        ::_exit(result);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

class FullDisk : public testing::Test {
  protected:
    void SetUp() override { test::write_bytes(file_, "the old file"); }
    void TearDown() override {
        EXPECT_EQ(test::read_bytes(file_), "the old file");
        EXPECT_THAT(folder_.names(), ElementsAre(file_.filename().string()));
    }
    TemporaryFolder folder_;
    std::filesystem::path file_ = folder_ / "file.png";
};

TEST_F(FullDisk, ATextKeepsTheOldFile) {
    EXPECT_EQ(run_on_full_disk(1000, [&] { write_text_file(file_, std::string(100'000, 'x')); }), 0);
}

TEST_F(FullDisk, ACheckpointKeepsTheOldFile) {
    const std::vector<float> numbers(50'000, 1.f);
    const NamedTensor tensor{"w", TensorType::f32, {50'000}, std::as_bytes(std::span(numbers))};
    EXPECT_EQ(run_on_full_disk(1000, [&] { write_safetensors(file_, {tensor}, {}); }), 0);
}

TEST_F(FullDisk, APictureKeepsTheOldFile) {
    EXPECT_EQ(run_on_full_disk(100, [&] { write_picture(test::pattern(200, 200, 3), file_); }), 0);
}

TEST_F(FullDisk, AFilmKeepsTheOldFile) {
    // Grey: the quantiser of colours starts OpenMP threads, and a forked child would wait for them for ever.
    const std::vector<Picture> frames{test::pattern(64, 64, 1, 0), test::pattern(64, 64, 1, 1)};
    EXPECT_EQ(run_on_full_disk(100, [&] { write_gif(frames, file_); }), 0);
}

TEST(ReadTextFile, NamesAMissingFileAFolderAndAFileThatIsTooLarge) {
    const TemporaryFolder folder;
    EXPECT_THAT(test::error_of([&] { read_text_file(folder / "none"); }),
                is_error_about(folder / "none", "No such file"));
    EXPECT_THAT(test::error_of([&] { read_text_file(folder.path()); }),
                is_error_about(folder.path(), "it is a folder"));
    test::write_bytes(folder / "big", std::string(100, 'x'));
    EXPECT_THAT(test::error_of([&] { read_text_file(folder / "big", 99); }),
                is_error_about(folder / "big", "100 bytes"));
    EXPECT_EQ(read_text_file(folder / "big", 100).size(), 100u);
}

TEST(ReadTextFile, AFileWithoutPermissionIsAnError) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
    const TemporaryFolder folder;
    test::write_bytes(folder / "secret", "x");
    std::filesystem::permissions(folder / "secret", std::filesystem::perms::none);
    EXPECT_THAT(test::error_of([&] { read_text_file(folder / "secret"); }),
                is_error_about(folder / "secret", "Permission denied"));
}

}  // namespace
}  // namespace denoise
