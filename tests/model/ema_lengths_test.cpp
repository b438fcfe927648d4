#include "engine/model/ema_lengths.h"

#include "engine/base/atomic_file.h"
#include "engine/model/power_profile.h"
#include "engine/training/trainer.h"
#include "tests/support/run_header.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

using test::error_of;
using test::glyphs;
using test::is_error_about;
using test::small_run;

constexpr std::int64_t numbers = 256;

/// Weights that move from 0 with noise, as in a training whose learning rate decreases.
class Walk {
  public:
    explicit Walk(std::int64_t steps) : steps_(static_cast<double>(steps)) { torch::manual_seed(3); }

    const torch::Tensor& next() {
        const double left = 1 - ++step_ / steps_;
        weights_ = weights_ + 0.02 * left * (target_ - weights_) + 0.05 * left * torch::randn({numbers});
        return weights_;
    }

  private:
    double steps_, step_ = 0;
    torch::Tensor weights_ = torch::zeros({numbers}), target_ = torch::randn({numbers});
};

/// Tracks the EMAs of a walk and keeps seven snapshots, like a training. Then compares the EMA of `length`
/// that is computed from them with one that was tracked directly: the difference, as a fraction of the
/// distance between the EMA and the last weights.
double relative_error(double length, std::int64_t steps) {
    const test::TemporaryFolder folder;
    Walk walk(steps);
    TrackedEmas emas = {torch::zeros({numbers}), torch::zeros({numbers})};
    torch::Tensor direct = torch::zeros({numbers}), weights;
    const double gamma = gamma_of_length(length);
    for (std::int64_t step = 1; step <= steps; ++step) {
        weights = walk.next();
        update_tracked_emas(emas, weights, step);
        direct.lerp_(weights,
                     1 - power_decay(gamma, static_cast<double>(step - 1), static_cast<double>(step)));
        if (!snapshot_number(step)) continue;
        save_ema_snapshot(folder.path(), step, emas);
        for (const CheckpointFile& file : surplus_snapshots(list_ema_snapshots(folder.path()), 7))
            std::filesystem::remove(file.path);
    }
    EXPECT_EQ(list_ema_snapshots(folder.path()).size(), 7U);
    const torch::Tensor found = ema_of_length(length, steps, emas, folder.path());
    return (found - direct).norm().item<double>() / (weights - direct).norm().item<double>();
}

TEST(EmaLengths, AreWhatDirectTrackingWouldHaveGiven) {
    for (const double length : {0.045, 0.05, 0.07, 0.1, 0.12})
        EXPECT_LT(relative_error(length, 1'503), 0.03) << length;
    for (const double length : {0.03, 0.15, 0.2}) EXPECT_LT(relative_error(length, 1'503), 0.1) << length;
}

TEST(EmaLengths, DifferByMoreThanTheirError) {
    const test::TemporaryFolder folder;
    Walk walk(1'000);
    TrackedEmas emas = {torch::zeros({numbers}), torch::zeros({numbers})};
    torch::Tensor weights;
    for (std::int64_t step = 1; step <= 1'000; ++step) {
        weights = walk.next();
        update_tracked_emas(emas, weights, step);
        if (snapshot_number(step)) save_ema_snapshot(folder.path(), step, emas);
    }
    double before = 0;
    for (const double length : {0.03, 0.05, 0.08, 0.12, 0.2}) {
        const double apart =
            (ema_of_length(length, 1'000, emas, folder.path()) - weights).norm().item<double>();
        EXPECT_GT(apart, 1.2 * before) << length;
        before = apart;
    }
}

TEST(EmaLengths, DoWithoutSnapshotsThatCannotBeRead) {
    const test::TemporaryFolder folder;
    Walk walk(300);
    TrackedEmas emas = {torch::zeros({numbers}), torch::zeros({numbers})};
    for (std::int64_t step = 1; step <= 300; ++step) {
        update_tracked_emas(emas, walk.next(), step);
        if (snapshot_number(step)) save_ema_snapshot(folder.path(), step, emas);
    }
    const torch::Tensor whole = ema_of_length(0.07, 300, emas, folder.path());
    const CheckpointFile newest = list_ema_snapshots(folder.path()).front();
    write_text_file(newest.path, "damaged");
    const torch::Tensor without = ema_of_length(0.07, 300, emas, folder.path());
    EXPECT_FALSE(torch::equal(whole, without));
    EXPECT_LT((whole - without).norm().item<double>(), 0.05 * whole.norm().item<double>());
}

TEST(EmaLengths, MakeNoFolderInThePlaceOfADriveThatIsAway) {
    const test::TemporaryFolder folder;
    const TrackedEmas emas = {torch::ones({numbers}), torch::ones({numbers})};
    EXPECT_THROW(save_ema_snapshot(folder / "drive" / "run", 64, emas), Error);
    EXPECT_TRUE(folder.names().empty());
}

TEST(EmaLengths, IgnoreSnapshotsOfLaterSteps) {
    const test::TemporaryFolder folder;
    const TrackedEmas emas = {torch::ones({numbers}), 2 * torch::ones({numbers})};
    const torch::Tensor before = ema_of_length(0.07, 100, emas, folder.path());
    save_ema_snapshot(folder.path(), 2'000'000, emas);
    std::filesystem::rename(ema_snapshot_path(folder.path(), 2'000'000),
                            ema_snapshot_path(folder.path(), 112));
    EXPECT_TRUE(torch::equal(ema_of_length(0.07, 100, emas, folder.path()), before));
}

/// Trains for `steps` and saves a checkpoint.
std::filesystem::path trained_checkpoint(const test::TemporaryFolder& folder, const RunConfig& config,
                                         int steps, Checkpoint* saved = nullptr) {
    Trainer trainer(config, glyphs());
    for (int i = 0; i < steps; ++i) trainer.step(0.5);
    Checkpoint checkpoint;
    checkpoint.header = test::run_header(trainer.config());
    checkpoint.header.config = trainer.config();
    checkpoint.header.class_names = trainer.dataset().class_names;
    checkpoint.state = trainer.state();
    const std::filesystem::path path = folder / "checkpoints" / "00000008.safetensors";
    std::filesystem::create_directories(path.parent_path());
    save_checkpoint(path, checkpoint, trainer.slices());
    if (saved) *saved = checkpoint;
    return path;
}

TEST(EmaLengths, AreStoredInCheckpointsBitForBit) {
    const test::TemporaryFolder folder;
    Checkpoint saved;
    const std::filesystem::path path = trained_checkpoint(folder, small_run(), 9, &saved);
    const Checkpoint loaded = load_checkpoint(path);
    for (std::size_t i = 0; i < 2; ++i)
        EXPECT_TRUE(torch::equal(loaded.state.tracked_emas[i], saved.state.tracked_emas[i]));
    EXPECT_FALSE(torch::equal(loaded.state.tracked_emas[0], loaded.state.tracked_emas[1]));
    Model model = load_model(path);
    EXPECT_EQ(why_no_ema_lengths(path), "");
    const Model other = with_ema_length(model, 0.07);
    EXPECT_FALSE(torch::equal(other.weights, model.weights));
    EXPECT_TRUE(torch::equal(with_ema_length(model, 0).weights, model.weights));
}

TEST(EmaLengths, OfACheckpointThatCannotBeWrittenLeaveNoFile) {
    const test::TemporaryFolder folder;
    Checkpoint saved;
    const std::filesystem::path path = trained_checkpoint(folder, small_run(), 9, &saved);
    const Trainer trainer(small_run(), glyphs());
    const std::filesystem::path later = path.parent_path() / "00000012.safetensors";
    std::filesystem::create_directories(later / "in the way");
    EXPECT_THROW(save_checkpoint(later, saved, trainer.slices()), Error);
    EXPECT_FALSE(std::filesystem::exists(tracked_ema_file(later)));
    EXPECT_EQ(why_no_ema_lengths(path), "") << "those of the checkpoint before are kept";
}

TEST(EmaLengths, AreMissingInARunThatKeptNone) {
    const std::string preset = std::to_string(find_preset("quick").config.training.ema_snapshots);
    EXPECT_THAT(error_of([] { ema_of_length(0.07, 100, {}, {}); }).remedy,
                testing::EndsWith("ema_snapshots = " + preset));
}

TEST(EmaLengths, OfARunWithoutThemAreRefusedWithTheReason) {
    const test::TemporaryFolder folder;
    RunConfig config = small_run();
    config.training.ema_snapshots = 0;
    const std::filesystem::path path = trained_checkpoint(folder, config, 5);
    EXPECT_THAT(why_no_ema_lengths(path), testing::HasSubstr("no snapshots"));
    EXPECT_FALSE(load_checkpoint(path).state.tracked_emas.front().defined());
    EXPECT_THAT(error_of([&] { with_ema_length(load_model(path), 0.07); }),
                is_error_about("The run", "no snapshots"));
}

TEST(EmaLengths, AResumedTrainingTracksThemBitForBit) {
    Trainer whole(small_run(), glyphs());
    for (int i = 0; i < 6; ++i) whole.step(0.3);
    TrainingState saved = whole.state();
    for (torch::Tensor* part : {&saved.values, &saved.ema, &saved.first_moment, &saved.second_moment,
                                &saved.tracked_emas[0], &saved.tracked_emas[1]})
        *part = part->clone();
    Trainer resumed(small_run(), glyphs());
    resumed.restore(saved);
    for (int i = 0; i < 7; ++i) {
        whole.step(0.6);
        resumed.step(0.6);
    }
    for (std::size_t i = 0; i < 2; ++i)
        EXPECT_TRUE(torch::equal(whole.state().tracked_emas[i], resumed.state().tracked_emas[i]));
    saved.tracked_emas = {};  // of an older version
    resumed.restore(saved);
    resumed.step(0.6);
    EXPECT_FALSE(resumed.state().tracked_emas.front().defined());
}

}  // namespace
}  // namespace denoise
