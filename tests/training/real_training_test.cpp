// The rules about trainings on real ones, with a small network and few images.

#include <ATen/CPUGeneratorImpl.h>
#include <gmock/gmock.h>

#include <cmath>

#include "engine/runs/training_rules.h"
#include "engine/training/trainer.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

using test::glyphs;
using test::small_run;

constexpr int steps_between = 25;

RunConfig small_config(std::int64_t images, double held_out) {
    RunConfig config = small_run();
    config.dataset.image_limit = images;
    config.unet.base_width = 32;
    config.unet.multipliers = {1};
    config.unet.attention_levels = {};
    config.unet.patch_size = 4;
    config.training.class_labels = false;
    config.training.learning_rate = 4e-3;
    config.training.held_out = held_out;
    config.training.warmup = 0.02;
    config.training.anneal = false;
    return config;
}

/// Figures with their own steps.
struct Training : TrainingFigures {
    std::vector<StepMetrics> own;
};

/// A training of `steps` steps, in which the losses are compared more often than in a run.
Training trained(const RunConfig& config, int steps) {
    Trainer trainer(config, glyphs(config.dataset.image_limit));
    Training figures;
    figures.config = trainer.config();
    figures.fraction = 0.5;
    figures.steps_per_second = 10;
    figures.training_images = std::ssize(trainer.split().training);
    figures.parameters = trainer.state().values.numel();
    for (int i = 0; i < steps; ++i) {
        const TrainStep step = trainer.step(0.1 + 0.4 * i / steps);
        StepMetrics metrics{.step = i + 1,
                            .loss = step.loss,
                            .gradient_norm = step.gradient_norm,
                            .learning_rate = step.learning_rate};
        if (step.finite && !trainer.split().held_out.empty() && (i + 1) % steps_between == 0)
            metrics.held_out = trainer.held_out_losses();
        figures.own.push_back(metrics);
        if (!step.finite) break;
    }
    figures.steps = figures.own;
    return figures;
}

std::string series(const Training& figures) {
    std::string text;
    for (const StepMetrics& step : figures.steps)
        if (step.held_out)
            text += std::to_string(step.step) + ": " + std::to_string(step.held_out->held_out) + " " +
                    std::to_string(step.held_out->training) + "\n";
    return text;
}

TEST(RealTraining, OnAFewImagesIsSeenToCopyThemAndBeforeThatSaidToDoSoSoon) {
    Training few = trained(small_config(32, 0.5), 500);  // 16 images
    const auto found = find_copying(few);
    ASSERT_TRUE(found) << series(few);
    ASSERT_TRUE(found->fix);
    const auto best = std::get<std::int64_t>(found->fix->value);  // 250
    EXPECT_LT(best, 400);

    few.steps = few.steps.first(225);
    EXPECT_FALSE(find_copying(few)) << series(few);
    const auto soon = find_copying_soon(few);
    ASSERT_TRUE(soon) << series(few);
    const auto forecast = std::get<std::int64_t>(soon->fix->value);
    EXPECT_GT(forecast, best / 2);
    EXPECT_LT(forecast, 2 * best);
}

TEST(RealTraining, OnManyImagesIsNot) {
    const Training many = trained(small_config(1024, 0.05), 500);
    EXPECT_FALSE(find_copying(many)) << series(many);
    EXPECT_FALSE(find_copying_soon(many)) << series(many);
}

TEST(RealTraining, WithAHighLearningRateIsSeen) {
    RunConfig config = small_config(256, 0);
    config.training.optimizer = OptimizerKind::adamw;
    config.training.warmup = 0;
    EXPECT_FALSE(judge_training(trained(config, 200).own, config.training, 0.5).is_problem());
    config.training.learning_rate = 0.3;
    const TrainingHealth health = judge_training(trained(config, 200).own, config.training, 0.5);
    ASSERT_TRUE(health.is_problem()) << health.text;
    ASSERT_TRUE(health.fix) << health.text;
    EXPECT_EQ(health.fix->key, "learning_rate");
    EXPECT_LT(std::get<double>(health.fix->value), 0.3);
}

TEST(RealTraining, WithAScheduleThatEndsEarlyNeverSeesNoiseAlone) {
    // What the rule says of the contrast is what is left of it in x_T.
    RunConfig config = small_config(64, 0);
    config.schedule = {.timesteps = 200, .scale_ends = false};
    ASSERT_TRUE(find_open_schedule({.config = config}));
    EXPECT_THAT(find_open_schedule({.config = config})->text, testing::HasSubstr("36 %"));
    const auto set = glyphs(64);
    const auto x0 = torch::from_blob(const_cast<std::uint8_t*>(set->images.pixels.data()),
                                     {64, 1, set->images.height, set->images.width}, torch::kUInt8)
                        .to(torch::kFloat32)
                        .div(127.5)
                        .sub(1.0);
    const double last = make_schedule(config.schedule).alpha_bar.back();
    const auto eps = torch::randn(x0.sizes(), at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{1}));
    const auto x_T = std::sqrt(last) * x0 + std::sqrt(1 - last) * eps;
    const double slope = ((x_T * x0).mean() / (x0 * x0).mean()).item<double>();
    EXPECT_NEAR(slope, 0.36, 0.02);
}

}  // namespace
}  // namespace denoise
