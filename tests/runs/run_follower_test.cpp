#include "engine/runs/run_follower.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "engine/base/atomic_file.h"
#include "engine/base/host_name.h"
#include "tests/support/files.h"
#include "tests/support/run_header.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::run_header;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

StepMetrics step_of(std::int64_t step) {
    return {step, 1.0 / static_cast<double>(step), 0.1, 0.01, 0.5 * static_cast<double>(step), 100};
}

std::string lines(std::int64_t first, std::int64_t last) {
    std::string text;
    for (std::int64_t step = first; step <= last; ++step) text += metrics_line(step_of(step)) + "\n";
    return text;
}

std::vector<std::int64_t> numbers(const RunNews& news) {
    std::vector<std::int64_t> all;
    for (const StepMetrics& step : news.steps) all.push_back(step.step);
    return all;
}

/// The folder of a run, with files written as another process does.
class FollowedRun : public testing::Test {
  protected:
    void SetUp() override { RunFolder::create(path_, run_header()); }

    void append(const std::string& text) {
        std::ofstream stream(metrics_, std::ios::binary | std::ios::app);
        stream << text;
    }
    void replace(const std::string& text) { write_text_file(metrics_, text); }

    TemporaryFolder folder_;
    fs::path path_ = folder_ / "run";
    fs::path metrics_ = path_ / run_file::metrics;
};

TEST_F(FollowedRun, GivesOnlyNewSteps) {
    RunFollower follower(path_);
    EXPECT_THAT(follower.poll().steps, IsEmpty());
    append(lines(1, 3));
    EXPECT_THAT(numbers(follower.poll()), ElementsAre(1, 2, 3));
    EXPECT_THAT(follower.poll().steps, IsEmpty());
    append(lines(4, 5));
    const RunNews news = follower.poll();
    EXPECT_THAT(numbers(news), ElementsAre(4, 5));
    EXPECT_EQ(news.steps.back(), step_of(5));
    EXPECT_EQ(news.problem, "");
}

TEST_F(FollowedRun, ReadsOnlyWhatWasAdded) {
    append(lines(1, 5000));
    RunFollower follower(path_);
    follower.poll();
    const std::uintmax_t before = follower.bytes_read();
    append(lines(5001, 5001));
    EXPECT_THAT(numbers(follower.poll()), ElementsAre(5001));
    EXPECT_LT(follower.bytes_read() - before, 1000u);
}

TEST_F(FollowedRun, BeginsNearTheEndOfLongMetrics) {
    append(lines(1, 5000));
    RunFollower follower(path_, 2000);
    const RunNews news = follower.poll();
    ASSERT_FALSE(news.steps.empty());
    EXPECT_GT(news.steps.front().step, 4980);
    EXPECT_EQ(news.steps.back().step, 5000);
    append(lines(5001, 5002));
    EXPECT_THAT(numbers(follower.poll()), ElementsAre(5001, 5002));
}

TEST_F(FollowedRun, WaitsForTheRestOfALine) {
    RunFollower follower(path_);
    const std::string text = lines(1, 2);
    append(text.substr(0, text.size() - 30));
    EXPECT_THAT(numbers(follower.poll()), ElementsAre(1));
    append(text.substr(text.size() - 30, 29));
    EXPECT_THAT(follower.poll().steps, IsEmpty());
    append("\n");
    EXPECT_THAT(numbers(follower.poll()), ElementsAre(2));
}

TEST_F(FollowedRun, SkipsALineThatACrashCutOff) {
    RunFollower follower(path_);
    append(lines(1, 1) + "{\"step\":2,\"lo");
    EXPECT_THAT(numbers(follower.poll()), ElementsAre(1));
    append("\n" + lines(2, 3));  // as MetricsWriter goes on
    EXPECT_THAT(numbers(follower.poll()), ElementsAre(2, 3));
}

TEST_F(FollowedRun, WaitsForTextInThePlaceOfZeros) {
    RunFollower follower(path_);
    const std::string text = lines(1, 2), first = lines(1, 1);
    append(first + std::string(text.size() - first.size(), '\0') + lines(3, 3));
    EXPECT_THAT(numbers(follower.poll()), ElementsAre(1));
    EXPECT_THAT(follower.poll().steps, IsEmpty());
    // The same file, as on a network drive whose parts arrive out of order
    std::fstream stream(metrics_, std::ios::binary | std::ios::in | std::ios::out);
    stream << text << std::flush;
    EXPECT_THAT(numbers(follower.poll()), ElementsAre(2, 3));
}

TEST_F(FollowedRun, ZerosThatStayAreSkipped) {
    RunFollower follower(path_);
    append(lines(1, 1) + std::string(50, '\0') + "\n" + lines(2, 2));
    std::vector<std::int64_t> all;
    for (int look = 0; look < 20; ++look)
        for (const StepMetrics& step : follower.poll().steps) all.push_back(step.step);
    EXPECT_THAT(all, ElementsAre(1, 2));
}

TEST_F(FollowedRun, RepeatedStepsReplaceTheEarlierOnes) {
    RunFollower follower(path_);
    append(lines(1, 9));
    follower.poll();
    append(lines(8, 9) + lines(5, 6));
    EXPECT_THAT(numbers(follower.poll()), ElementsAre(5, 6));
}

TEST_F(FollowedRun, AShortenedFileIsReadFromItsStart) {
    RunFollower follower(path_);
    append(lines(1, 9));
    follower.poll();
    fs::resize_file(metrics_, lines(1, 4).size());
    EXPECT_THAT(numbers(follower.poll()), ElementsAre(1, 2, 3, 4));
    append(lines(5, 5));
    EXPECT_THAT(numbers(follower.poll()), ElementsAre(5));
}

TEST_F(FollowedRun, AReplacedFileIsReadFromItsStart) {
    RunFollower follower(path_);
    append(lines(1, 9));
    follower.poll();
    replace(lines(101, 130));  // longer than what was read
    const RunNews news = follower.poll();
    ASSERT_EQ(news.steps.size(), 30u);
    EXPECT_EQ(news.steps.front().step, 101);
}

TEST_F(FollowedRun, ALongFileIsReadInPieces) {
    RunFollower follower(path_, std::uintmax_t{1} << 40);
    append(lines(1, 50'000));
    std::int64_t last = 0, looks = 0;
    for (bool more = true; more; ++looks) {
        const RunNews news = follower.poll();
        for (const StepMetrics& step : news.steps) EXPECT_EQ(step.step, ++last);
        more = news.more;
    }
    while (looks < 3) {
        for (const StepMetrics& step : follower.poll().steps) EXPECT_EQ(step.step, ++last);
        ++looks;
    }
    EXPECT_EQ(last, 50'000);
}

TEST_F(FollowedRun, AVanishedFolderIsFollowedAgainWhenItIsBack) {
    RunFollower follower(path_);
    append(lines(1, 3));
    EXPECT_TRUE(follower.poll().reachable);
    fs::rename(path_, folder_ / "away");
    const RunNews gone = follower.poll();
    EXPECT_FALSE(gone.reachable);
    EXPECT_FALSE(gone.problem.empty());
    EXPECT_THAT(gone.steps, IsEmpty());
    fs::rename(folder_ / "away", path_);
    append(lines(4, 4));
    const RunNews back = follower.poll();
    EXPECT_TRUE(back.reachable);
    EXPECT_THAT(numbers(back), ElementsAre(4));
}

TEST_F(FollowedRun, SomethingElseInThePlaceOfTheMetricsIsNotRead) {
    ASSERT_EQ(::mkfifo(metrics_.c_str(), 0600), 0);
    RunFollower follower(path_);
    const RunNews news = follower.poll();  // reading it would take forever
    EXPECT_TRUE(news.reachable);
    EXPECT_THAT(news.steps, IsEmpty());
}

TEST_F(FollowedRun, TellsTheNewestCheckpointAndTheSampleGrids) {
    test::write_bytes(path_ / "checkpoints" / "00000010.safetensors", "1");
    RunFollower follower(path_);
    const RunNews first = follower.poll();
    ASSERT_TRUE(first.checkpoint);
    EXPECT_EQ(first.checkpoint->step, 10);
    ASSERT_TRUE(first.previews);
    EXPECT_THAT(*first.previews, IsEmpty());
    EXPECT_FALSE(follower.poll().checkpoint);
    // Also if both are written within the resolution of the times
    test::write_bytes(path_ / "checkpoints" / "00000020.safetensors", "1");
    test::write_bytes(path_ / "samples" / "00000020.png", "1");
    const RunNews next = follower.poll();
    ASSERT_TRUE(next.checkpoint);
    EXPECT_EQ(next.checkpoint->path, path_ / "checkpoints" / "00000020.safetensors");
    ASSERT_TRUE(next.previews);
    EXPECT_EQ(next.previews->back().step, 20);
    fs::remove(path_ / "checkpoints" / "00000010.safetensors");
    EXPECT_FALSE(follower.poll().checkpoint);
}

TEST_F(FollowedRun, FoldersAreNotListedWithoutReason) {
    RunFollower follower(path_);
    for (int look = 0; look < 25; ++look) follower.poll();
    EXPECT_LE(follower.folders_listed(), 4);
}

TEST_F(FollowedRun, TellsChangesOfSettings) {
    RunFollower follower(path_);
    const RunNews first = follower.poll();
    EXPECT_EQ(first.config, run_header().config);
    EXPECT_THAT(*first.changes, IsEmpty());
    {
        RunFolder run = RunFolder::open(path_);
        RunConfig slower = run.header().config;
        slower.training.learning_rate /= 2;
        const auto changes = changes_between(run.header().config, slower, 7);
        run.set_config(slower);
        append_changes(path_, changes);
    }
    const RunNews next = follower.poll();
    ASSERT_TRUE(next.config);
    EXPECT_EQ(next.config->training.learning_rate, run_header().config.training.learning_rate / 2);
    ASSERT_TRUE(next.changes);
    EXPECT_EQ(next.changes->front().step, 7);
    EXPECT_FALSE(follower.poll().config);
    EXPECT_FALSE(follower.poll().changes);
}

TEST_F(FollowedRun, ADamagedRunJsonIsAProblemAndNoEnd) {
    RunFollower follower(path_);
    follower.poll();
    write_text_file(path_ / run_file::header, "{");
    append(lines(1, 2));
    const RunNews news = follower.poll();
    EXPECT_THAT(news.problem, HasSubstr("run.json"));
    EXPECT_THAT(numbers(news), ElementsAre(1, 2));
}

TEST_F(FollowedRun, NothingIsWrittenToTheFolder) {
    append(lines(1, 20));
    test::write_bytes(path_ / "checkpoints" / "00000010.safetensors", "1");
    const auto contents = [this] {
        std::vector<std::pair<std::string, fs::file_time_type>> all;
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path_))
            all.emplace_back(entry.path().string(), entry.last_write_time());
        std::ranges::sort(all);
        return all;
    };
    const auto before = contents();
    const auto folder_time = fs::last_write_time(path_);
    fs::permissions(path_, fs::perms::owner_write, fs::perm_options::remove);
    RunFollower follower(path_);
    for (int look = 0; look < 3; ++look) {
        const RunNews news = follower.poll();
        EXPECT_TRUE(news.reachable);
        EXPECT_EQ(news.problem, "");
    }
    fs::permissions(path_, fs::perms::owner_write, fs::perm_options::add);
    EXPECT_EQ(contents(), before);
    EXPECT_EQ(fs::last_write_time(path_), folder_time);
}

TEST_F(FollowedRun, TheStatusOfItsProcessIsSeen) {
    RunFollower follower(path_);
    {
        const RunFolder run = RunFolder::open(path_);
        EXPECT_TRUE(follower.poll().sign.locked);
    }
    const TrainerSign sign = follower.poll().sign;
    EXPECT_FALSE(sign.locked);
    EXPECT_EQ(sign.status, RunStatus::running);
    EXPECT_EQ(sign.host, host_name());
    EXPECT_EQ(sign.process, ::getpid());
}

}  // namespace
}  // namespace denoise
