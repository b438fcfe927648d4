#include "engine/training/held_out.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>

#include "engine/evaluation/copies.h"
#include "engine/training/trainer.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

using test::glyphs;
using test::small_run;

RunConfig with_held_out(double fraction = 0.25) {
    RunConfig config = small_run();
    config.training.held_out = fraction;
    return config;
}

std::vector<double> losses(Trainer& trainer, int steps) {
    std::vector<double> values;
    for (int i = 0; i < steps; ++i) values.push_back(trainer.step(0.2).loss);
    return values;
}

/// `set` with the image at `index` in negative.
std::shared_ptr<const Dataset> with_negative(const Dataset& set, std::int64_t index) {
    auto changed = std::make_shared<Dataset>(set);
    const std::size_t size = set.images.image_size();
    for (std::size_t p = index * size; p < (index + 1) * size; ++p)
        changed->images.pixels[p] = static_cast<std::uint8_t>(255 - changed->images.pixels[p]);
    return changed;
}

TEST(HeldOut, TrainingDoesNotDependOnTheHeldOutImages) {
    const auto set = glyphs();
    Trainer trainer(with_held_out(), set);
    const DatasetSplit split = trainer.split();
    ASSERT_EQ(split.held_out.size(), 16u);
    const std::vector<double> expected = losses(trainer, 13);  // two epochs of 48 images, batches of 8

    std::shared_ptr<const Dataset> other = set;
    for (const std::int64_t index : split.held_out) other = with_negative(*other, index);
    Trainer blind(with_held_out(), other);
    EXPECT_EQ(losses(blind, 13), expected);
    EXPECT_TRUE(torch::equal(blind.state().values, trainer.state().values));
    EXPECT_NE(blind.held_out_losses().held_out, trainer.held_out_losses().held_out) << "they are measured";
    EXPECT_EQ(blind.held_out_losses().training, trainer.held_out_losses().training);

    for (std::size_t i = 0; i < split.training.size(); i += 9) {
        const std::int64_t index = split.training[i];
        Trainer seeing(with_held_out(), with_negative(*set, index));
        ASSERT_NE(losses(seeing, 6), std::vector<double>(expected.begin(), expected.begin() + 6))
            << "image " << index << " is trained on in the first epoch";
    }
}

TEST(HeldOut, WithoutHeldOutImagesTrainingIsTheSameAsEver) {
    Trainer all(with_held_out(0), glyphs()), too_few(with_held_out(0.1), glyphs());  // 6 of 64
    EXPECT_EQ(all.split().training.size(), 64u);
    EXPECT_FALSE(all.held_out_due());
    EXPECT_EQ(losses(all, 10), losses(too_few, 10));
    EXPECT_TRUE(run_config_from_json("{}").training.held_out == 0) << "runs of older versions";
    EXPECT_EQ(find_preset("quick").config.training.held_out, 0.05);
    EXPECT_EQ(find_preset("ho-cifar10").config.training.held_out, 0) << "as published";
}

TEST(HeldOut, MeasuringChangesNothing) {
    RunConfig config = with_held_out();
    config.unet.dropout = 0.2;
    Trainer measured(config, glyphs()), plain(config, glyphs());
    for (int i = 0; i < 8; ++i) {
        const HeldOutLosses first = measured.held_out_losses();
        EXPECT_EQ(first, measured.held_out_losses()) << "the same images, timesteps and noise, no dropout";
        EXPECT_EQ(measured.step(0.2).loss, plain.step(0.2).loss);
    }
    EXPECT_TRUE(torch::equal(measured.state().values, plain.state().values));
    EXPECT_TRUE(torch::equal(measured.state().ema, plain.state().ema));
}

TEST(HeldOut, AResumedRunMeasuresTheSame) {
    Trainer whole(with_held_out(), glyphs());
    losses(whole, 5);
    TrainingState saved = whole.state();
    for (torch::Tensor* part : {&saved.values, &saved.ema, &saved.first_moment, &saved.second_moment})
        *part = part->clone();
    losses(whole, 5);
    Trainer resumed(with_held_out(), glyphs());
    resumed.restore(saved);
    losses(resumed, 5);
    EXPECT_EQ(resumed.held_out_losses(), whole.held_out_losses());
}

TEST(HeldOut, AnUntrainedNetworkHasTheLossOfThePredictionZero) {
    // Its last convolution is zero, so it predicts 0, and the loss of eps is the mean square of noise.
    RunConfig config = with_held_out();
    config.training.prediction = PredictionType::eps;
    Trainer trainer(config, glyphs());
    const HeldOutLosses both = trainer.held_out_losses();
    EXPECT_NEAR(both.held_out, 1, 0.05);
    EXPECT_DOUBLE_EQ(both.held_out, both.training) << "the noise is the same for both";
}

TEST(HeldOut, MeasuringTakesOneHundredthOfTheTime) {
    for (const int batch : {1, 4, 8, 16, 32, 64, 128, 1000}) {
        const double images = 2.0 * static_cast<double>(held_out_count(batch));
        const double in_steps = images / 3 / batch;  // a forward pass is a third of a step
        EXPECT_LE(in_steps / static_cast<double>(held_out_interval(batch)), 0.01 + 1e-9) << batch;
    }
    EXPECT_EQ(held_out_interval(32), 67);
    Trainer trainer(with_held_out(), glyphs());  // batches of 8: 16 images take 2/3 of a step
    std::vector<std::int64_t> due;
    for (int i = 0; i < 140; ++i) {
        trainer.step(0.2);
        if (trainer.held_out_due()) due.push_back(trainer.state().step);
    }
    EXPECT_EQ(due, (std::vector<std::int64_t>{67, 134}));
}

TEST(HeldOut, TypicalTimestepsHaveTheDistributionOfTraining) {
    const NoiseSchedule schedule = make_schedule({.schedule = ScheduleKind::cosine, .timesteps = 100});
    const auto of = [&](TimestepSampling sampling) {
        return Loss(schedule, {.timestep_sampling = sampling}).typical_timesteps(4);
    };
    EXPECT_TRUE(torch::equal(of(TimestepSampling::uniform), torch::tensor({12L, 37L, 62L, 87L})));
    EXPECT_TRUE(torch::equal(of(TimestepSampling::loss_second_moment), of(TimestepSampling::uniform)));
    const auto around_zero = of(TimestepSampling::log_snr);
    EXPECT_GT(around_zero[0].item<int>(), 12) << "nearer to the middle, where log SNR is 0";
    EXPECT_LT(around_zero[3].item<int>(), 87);
}

// ------------------------------------------------------------------ copies

ImageBatch flat_images(const std::vector<int>& values) {
    ImageBatch images{std::ssize(values), 1, 2, 2, {}};
    for (const int value : values)
        images.pixels.insert(images.pixels.end(), 4, static_cast<std::uint8_t>(value));
    return images;
}

TEST(Copies, AreMuchNearerToOneImageThanToTheNext) {
    const ImageBatch references = flat_images({0, 40, 200});
    const std::vector<std::int64_t> all = {0, 1, 2};
    EXPECT_EQ(count_copies(flat_images({10}), references, all), 1) << "10 from one, 30 from the next";
    EXPECT_EQ(count_copies(flat_images({11}), references, all), 0);
    EXPECT_EQ(count_copies(flat_images({0, 200, 20, 120}), references, all), 2);
    EXPECT_EQ(count_copies(flat_images({200}), references, {0, 1}), 0) << "a held-out image";
}

TEST(Copies, OfAnImageThatIsThereTwiceAreFound) {
    EXPECT_EQ(count_copies(flat_images({51}), flat_images({50, 50, 200}), {0, 1, 2}), 1);
    EXPECT_EQ(count_copies(flat_images({50}), flat_images({50, 50}), {0, 1}), 0) << "nothing to compare with";
    EXPECT_EQ(count_copies(flat_images({50}), flat_images({50}), {0}), 0);
    EXPECT_EQ(count_copies({}, flat_images({50, 60}), {0, 1}), 0);
}

TEST(Copies, AreFoundAmongManyImages) {
    const auto set = glyphs(1500);  // more than are compared at once
    std::vector<std::int64_t> all(1500);
    std::iota(all.begin(), all.end(), 0);
    const ImageBatch some = images_at(set->images, {3, 700, 1499});
    EXPECT_EQ(count_copies(some, set->images, all), 3);
    std::vector<std::int64_t> others = all;
    std::erase_if(others, [](std::int64_t i) { return i == 3 || i == 700 || i == 1499; });
    EXPECT_EQ(count_copies(some, set->images, others), 0) << "each glyph is drawn differently";
}

}  // namespace
}  // namespace denoise
