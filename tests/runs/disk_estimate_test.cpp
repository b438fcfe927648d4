#include "engine/runs/disk_estimate.h"

#include "tests/support/files.h"

namespace denoise {
namespace {

using test::error_of;
using test::is_error_about;
using test::TemporaryFolder;

TEST(DiskEstimate, ACheckpointHasFourNumbersPerParameter) {
    const RunConfig config = find_preset("tiny").config;
    const auto parameters = parameter_count(describe_unet(config.unet, 1, 28, 28));
    const std::int64_t bytes = estimate_checkpoint_bytes(config, 1, 28, 28);
    EXPECT_GT(bytes, 16 * parameters);
    EXPECT_LT(bytes, 16 * parameters + 100'000);
}

TEST(DiskEstimate, ARunKeepsSeveralCheckpoints) {
    RunConfig config = find_preset("tiny").config;
    config.training.keep_checkpoints = 2;
    config.training.ema_snapshots = 0;
    EXPECT_EQ(estimate_run_bytes(config, 1, 28, 28), 3 * estimate_checkpoint_bytes(config, 1, 28, 28));
}

TEST(DiskEstimate, KnowsTheSpaceWhereAFolderWillBe) {
    const TemporaryFolder folder;
    const auto there = free_disk_bytes(folder.path()), below = free_disk_bytes(folder / "a/b/c");
    ASSERT_TRUE(there && below);
    EXPECT_GT(*there, 0);
    EXPECT_LT(std::abs(*there - *below), std::int64_t{1} << 30) << "of the same disk";
}

TEST(DiskEstimate, ANetworkThatDoesNotFitIsRefusedWithItsFolder) {
    const TemporaryFolder folder;
    RunConfig config = find_preset("tiny").config;
    EXPECT_NO_THROW(check_disk_space(config, 1, 28, 28, folder / "run"));
    config.unet.base_width = 1024;
    config.unet.multipliers = {32, 32, 32};  // 10^11 parameters and more
    EXPECT_THAT(error_of([&] { check_disk_space(config, 1, 28, 28, folder / "run"); }),
                is_error_about(folder / "run", "are free"));
}

}  // namespace
}  // namespace denoise
