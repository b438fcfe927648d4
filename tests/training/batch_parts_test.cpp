// Batches whose gradient is computed in parts.

#include <gmock/gmock.h>

#include "engine/runs/batch_parts.h"
#include "engine/runs/expectation.h"
#include "engine/runs/memory_estimate.h"
#include "engine/training/calibration.h"
#include "engine/training/trainer.h"
#include "tests/support/files.h"
#include "tests/support/small_run.h"
#include "tests/support/variable.h"

namespace denoise {
namespace {

using test::error_of;
using test::glyphs;
using test::run_with_everything;
using test::small_run;
using testing::HasSubstr;

RunConfig with_parts(RunConfig config, int batch, int parts) {
    config.training.batch_size = batch;
    config.training.batch_parts = parts;
    return config;
}

std::vector<double> losses_of(Trainer& trainer, int steps) {
    std::vector<double> losses;
    for (int i = 0; i < steps; ++i) losses.push_back(trainer.step(0.5).loss);
    return losses;
}

TEST(BatchParts, HaveTheStepsOfTheWholeBatch) {
    RunConfig config = run_with_everything();
    config.training.flip = true;
    Trainer whole(with_parts(config, 12, 1), glyphs(), {.threads = 1});
    const std::vector<double> wanted = losses_of(whole, 20);
    for (const int parts : {2, 3, 12}) {
        Trainer trainer(with_parts(config, 12, parts), glyphs(), {.threads = 1});
        EXPECT_THAT(losses_of(trainer, 20), testing::Pointwise(testing::DoubleNear(1e-5), wanted));
        EXPECT_TRUE(trainer.state().ema.allclose(whole.state().ema, 1e-3, 1e-4)) << parts;
        EXPECT_TRUE(torch::equal(trainer.state().losses_seen, whole.state().losses_seen)) << parts;
    }
}

TEST(BatchParts, HaveTheirOwnDropoutWhichDependsOnlyOnTheStep) {
    RunConfig config = with_parts(small_run(), 8, 2);
    config.unet.dropout = 0.3;
    Trainer first(config, glyphs(), {.threads = 1}), second(config, glyphs(), {.threads = 1});
    losses_of(first, 4);
    const TrainingState state = first.state();
    second.restore(state);
    EXPECT_EQ(losses_of(second, 3), losses_of(first, 3));
}

TEST(BatchParts, MustDivideTheBatch) {
    const auto check = [](int batch, int parts) {
        check_batch_parts(with_parts(small_run(), batch, parts).training);
    };
    EXPECT_NO_THROW(check(12, 4));
    EXPECT_NO_THROW(check(1, 1));
    const Error error = error_of([&] { check(12, 5); });
    EXPECT_EQ(error.setting, "batch_parts");
    EXPECT_THAT(error.remedy, HasSubstr("batch_parts to 4 or 6"));
    EXPECT_THAT(error_of([&] { check(12, 13); }).remedy, HasSubstr("batch_parts to 12,"));
    EXPECT_THROW(check_run(with_parts(small_run(), 12, 5), 64, 1, 28, 28), Error);
}

TEST(BatchParts, NeedTheMemoryOfOnePart) {
    const RunConfig whole = with_parts(find_preset("classic").config, 512, 1),
                    parts = with_parts(find_preset("classic").config, 512, 8);
    const auto memory = [](const RunConfig& config) { return estimate_training_memory(config, 1, 28, 28); };
    EXPECT_EQ(memory(parts), memory(with_parts(whole, 64, 1)));
    const std::int64_t available = memory(with_parts(whole, 128, 1));
    const Error error = error_of([&] { check_training_memory(whole, 1, 28, 28, available); });
    EXPECT_THAT(error.remedy, HasSubstr("batch_size to at most 128, batch_parts to at least 4"));
    EXPECT_NO_THROW(check_training_memory(with_parts(whole, 512, 4), 1, 28, 28, available));
}

TEST(BatchParts, DoNotChangeWhatToExpectOfTheSamples) {
    PlannedTraining planned;
    planned.config = with_classes(with_parts(find_preset("quick").config, 32, 1), 10);
    planned.config.training.steps = planned.steps = 4000;
    const std::string of_whole = expected_samples(planned);
    planned.config.training.batch_parts = 4;
    EXPECT_EQ(expected_samples(planned), of_whole);
    EXPECT_FALSE(of_whole.empty());
}

TEST(BatchPartsSpeed, IsThatOfBatchesOfTheirSize) {
    const test::TemporaryFolder folder;
    const test::Variable cache("XDG_CACHE_HOME", folder.path().string());
    RunConfig config = with_parts(small_run(), 4, 1);
    config.training.precision = Precision::automatic;
    config.training.layout = MemoryLayout::channels_last;
    config.training.device = ComputeDevice::cpu;
    config.training.steps = 1000;
    const auto dataset = glyphs();
    const auto speed_of = [&](const RunConfig& run) {
        const ImageBatch& images = dataset->images;
        return known_speed(run, images.channels, images.height, images.width, 1);
    };
    EXPECT_FALSE(speed_of(config).measured);
    finish(calibrate(config, dataset, 1));
    EXPECT_TRUE(speed_of(config).measured);
    EXPECT_TRUE(speed_of(with_parts(config, 12, 3)).measured);
    EXPECT_EQ(speed_of(with_parts(config, 12, 3)).images_per_second, speed_of(config).images_per_second);
    EXPECT_FALSE(speed_of(with_parts(config, 12, 1)).measured);
}

}  // namespace
}  // namespace denoise
