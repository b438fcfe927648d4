#include "engine/runs/ema_snapshots.h"

#include <cmath>

#include "engine/runs/disk_estimate.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

using test::error_of;
using test::is_error_about;

/// The snapshots of a run of `steps` steps of which `keep` are kept, newest first.
std::vector<CheckpointFile> kept_after(std::int64_t steps, int keep) {
    std::vector<CheckpointFile> files;
    for (std::int64_t step = 1; step <= steps; ++step) {
        if (!snapshot_number(step)) continue;
        files.insert(files.begin(), {std::to_string(step), step});
        for (const CheckpointFile& surplus : surplus_snapshots(files, keep))
            std::erase_if(files, [&](const CheckpointFile& file) { return file.step == surplus.step; });
    }
    return files;
}

TEST(EmaSnapshots, AreTakenEachTimeThatTheStepsHaveGrownByATenth) {
    std::int64_t before = 0;
    int count = 0;
    for (std::int64_t step = 1; step <= 100'000; ++step) {
        const std::optional<int> number = snapshot_number(step);
        if (!number) continue;
        EXPECT_EQ(*number, count++);
        EXPECT_EQ(step, last_tracked_step(step)) << "the EMAs were updated after this step";
        if (before > 0) {
            EXPECT_GE(static_cast<double>(step), 1.1 * static_cast<double>(before));
            EXPECT_LE(step, before + before / 10 + 2 * tracked_ema_interval);
        }
        before = step;
    }
    EXPECT_EQ(snapshot_number(64), 0);
    EXPECT_GT(count, 70);
}

TEST(EmaSnapshots, OnlySoManyAreKeptAndTheOlderOnesAreFartherApart) {
    for (const std::int64_t steps : {500, 5'000, 50'000}) {
        const std::vector<CheckpointFile> kept = kept_after(steps, 10);
        ASSERT_EQ(kept.size(), 10U);
        EXPECT_GT(static_cast<double>(kept[0].step), static_cast<double>(steps) / 1.2);
        for (std::size_t i = 1; i < kept.size(); ++i) {
            const int apart = *snapshot_number(kept[i - 1].step) - *snapshot_number(kept[i].step);
            EXPECT_LE(apart, i < 6 ? 1 : 2) << i;
        }
        EXPECT_LT(static_cast<double>(kept.back().step), 0.45 * static_cast<double>(steps));
    }
}

TEST(EmaSnapshots, OneIsEnough) {
    EXPECT_EQ(kept_after(1'000, 1).size(), 1U);
}

TEST(EmaSnapshots, OfTheUsualEmaKnowTheLength) {
    EXPECT_NEAR(ema_length_of_share(0.05), 0.0454, 1e-4);
    EXPECT_EQ(ema_length_of_share(0), 0);
}

TEST(EmaSnapshots, LengthsThatCannotBeComputedAreRefused) {
    EXPECT_NO_THROW(check_ema_length(0));
    EXPECT_NO_THROW(check_ema_length(0.07));
    for (const double length : {0.01, 0.3, -0.05, std::nan("")})
        EXPECT_THAT(error_of([&] { check_ema_length(length); }), is_error_about("lengths", "0.03 to 0.2"));
}

TEST(EmaSnapshots, OfTheQuickPresetTakeAboutAHundredMegabytes) {
    RunConfig config = find_preset("quick").config;
    const std::int64_t with = estimate_run_bytes(config, 1, 28, 28);
    config.training.ema_snapshots = 0;
    const std::int64_t more = with - estimate_run_bytes(config, 1, 28, 28);
    EXPECT_EQ(more, estimate_snapshot_bytes(find_preset("quick").config, 1, 28, 28));
    EXPECT_LT(more, 120'000'000) << "with a file that is being written, of 18 MB";
}

TEST(EmaSnapshots, TheReasonThatThereAreNoneIsTold) {
    const test::TemporaryFolder folder;
    EXPECT_THAT(why_no_ema_lengths(folder.path()), testing::HasSubstr("not a run"));
    EXPECT_THAT(why_no_ema_lengths({}), testing::HasSubstr("not a run"));
    EXPECT_THAT(why_no_ema_lengths(folder / "missing.safetensors"), testing::HasSubstr("no snapshots"));
}

TEST(EmaSnapshots, TrackedEmasAreNotAmongTheCheckpointsOfARun) {
    EXPECT_EQ(tracked_ema_file("run/checkpoints/00000100.safetensors"), "run/ema_snapshots/00000100.ema");
    EXPECT_EQ(tracked_ema_file("copies/mine.safetensors"), "copies/mine.ema");
}

}  // namespace
}  // namespace denoise
