#include "engine/runs/queued_runs.h"

#include "engine/base/atomic_file.h"
#include "engine/runs/run_folder.h"
#include "tests/support/files.h"
#include "tests/support/run_header.h"

namespace denoise {
namespace {

using test::error_of;
using test::TemporaryFolder;
using testing::HasSubstr;

/// A run of 100 steps, of which 50 are done.
std::filesystem::path half_a_run(const TemporaryFolder& folder, RunStatus status) {
    RunHeader header = test::run_header();
    header.config.training.steps = 100;
    RunFolder run = RunFolder::create(folder / "mine", header);
    write_text_file(run.checkpoint_path(50), "12345");
    run.set_status(status);
    return run.path();
}

TEST(QueuedRuns, ACopyIsANewRun) {
    const TemporaryFolder folder;
    const QueuedRun run = copy_of_run(half_a_run(folder, RunStatus::stopped));
    EXPECT_EQ(run.name, "Glyphs");
    EXPECT_TRUE(run.folder.empty());
    EXPECT_FALSE(run.continues);
    EXPECT_EQ(run.fraction, 0);
    EXPECT_EQ(run.images.width, 28);
    EXPECT_EQ(run.config.training.steps, 100);
}

TEST(QueuedRuns, AStoppedRunContinuesWithItsBudget) {
    const TemporaryFolder folder;
    const QueuedRun run = continuation_of_run(half_a_run(folder, RunStatus::stopped));
    EXPECT_EQ(run.name, "mine");
    EXPECT_TRUE(std::filesystem::equivalent(run.folder, folder / "mine"));
    EXPECT_TRUE(run.continues);
    EXPECT_EQ(run.config.training.steps, 100);
    EXPECT_DOUBLE_EQ(run.fraction, 0.5);
}

TEST(QueuedRuns, AFinishedRunGetsAsMuchAgainOrWhatIsAskedFor) {
    const TemporaryFolder folder;
    const std::filesystem::path path = half_a_run(folder, RunStatus::finished);
    EXPECT_EQ(continuation_of_run(path).config.training.steps, 200);
    EXPECT_DOUBLE_EQ(continuation_of_run(path).fraction, 0.25);
    EXPECT_EQ(continuation_of_run(path, 150).config.training.steps, 150);
    EXPECT_EQ(continuation_of_run(path, 0, 7).config.training.steps, 0);
    EXPECT_EQ(continuation_of_run(path, 0, 7).config.training.minutes, 7);
}

TEST(QueuedRuns, AFolderThatIsNoRunIsRefused) {
    const TemporaryFolder folder;
    EXPECT_THAT(error_of([&] { copy_of_run(folder.path()); }).why, HasSubstr("run.json"));
    EXPECT_THAT(error_of([&] { continuation_of_run(folder / "none"); }).why, HasSubstr("run.json"));
}

}  // namespace
}  // namespace denoise
