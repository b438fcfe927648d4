#include "engine/runs/training_rules.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>

namespace denoise {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Held-out loss and loss of training images at a step.
using Losses = std::function<HeldOutLosses(double step)>;

/// Figures with their own steps.
struct Training : TrainingFigures {
    std::vector<StepMetrics> own;
};

/// A training of the preset "quick" in which both losses are measured every 67 steps.
Training training(std::int64_t steps, const Losses& losses) {
    Training figures;
    figures.config = find_preset("quick").config;
    figures.fraction = 0.5;
    figures.total_steps = 2 * steps;
    figures.steps_per_second = 10;
    figures.training_images = 19'000;
    figures.parameters = 1'200'000;
    for (std::int64_t step = 1; step <= steps; ++step) {
        const auto at = static_cast<double>(step);
        StepMetrics metrics{.step = step,
                            .loss = losses(at).training * (1 + 0.07 * std::sin(at * 12.9898)),
                            .learning_rate = 2e-3};
        if (step % 67 == 0) metrics.held_out = losses(at);
        figures.own.push_back(metrics);
    }
    figures.steps = figures.own;
    return figures;
}

double falling(double step) {
    return 0.08 + 0.9 / (1 + step / 40);
}
/// The images differ, so the losses do, too, but the difference stays.
HeldOutLosses ordinary(double step) {
    return {1.06 * falling(step) * (1 + 0.01 * std::sin(step)), falling(step)};
}
/// A set of a few images: the held-out loss is lowest near step 1,000.
HeldOutLosses memorizing(double step) {
    return {falling(step) + 0.1 * std::pow(std::max(0.0, step - 600) / 1000, 2), falling(step) * 0.97};
}
/// The held-out loss stays behind more and more, but still falls.
HeldOutLosses falling_behind(double step) {
    return {falling(step) * (1 + 0.0002 * step), falling(step)};
}

ImageFigures grey(double mean, double clipped = 0.05) {
    return {.mean = {mean}, .spread = 0.3, .clipped = clipped};
}

TEST(TrainingRules, AnOrdinaryTrainingHasNoFindings) {
    for (const std::int64_t steps : {1, 50, 67, 300, 1000, 4000}) {
        Training figures = training(steps, ordinary);
        figures.total_steps = 7'500;
        figures.samples = SampleFigures{grey(0.2), grey(0.21), 16, 0};
        EXPECT_EQ(check_training(figures), std::vector<Finding>{}) << steps;
    }
    EXPECT_TRUE(check_training({.config = find_preset("quick").config}).empty());
}

TEST(TrainingRules, NoPresetIsCalledAProblemButTheOneWhoseScheduleEndsEarly) {
    for (const Preset& preset : presets()) {
        TrainingFigures figures;
        figures.config = preset.config;
        const auto findings = check_training(figures);
        EXPECT_EQ(findings.size(), preset.name == "annotated" ? 1u : 0u) << preset.name;
    }
}

TEST(TrainingRules, ARisingHeldOutLossMeansThatItCopies) {
    const auto found = find_copying(training(2000, memorizing));
    ASSERT_TRUE(found);
    EXPECT_THAT(found->text, HasSubstr("It is beginning to copy"));
    ASSERT_TRUE(found->fix);
    EXPECT_EQ(found->fix->key, "steps");
    EXPECT_TRUE(found->fix->new_run) << "the steps that were too many are done";
    const auto best = std::get<std::int64_t>(found->fix->value);
    EXPECT_GE(best, 800);
    EXPECT_LE(best, 1100);

    EXPECT_FALSE(find_copying(training(900, memorizing))) << "not yet";
    EXPECT_FALSE(find_copying(training(2000, ordinary)));
    EXPECT_FALSE(find_copying(training(2000, falling_behind)));
}

TEST(TrainingRules, ALossThatRisesForAllImagesIsNoCopying) {
    const auto rising = [](double step) {
        const double loss = step < 1000 ? falling(step) : falling(1000) * step / 1000;
        return HeldOutLosses{loss, loss};
    };
    EXPECT_FALSE(find_copying(training(2000, rising)));
}

TEST(TrainingRules, ASingleHighMeasurementIsNoCopying) {
    Training figures = training(2010, ordinary);
    ASSERT_TRUE(figures.own.back().held_out);
    figures.own.back().held_out->held_out *= 1.5;
    EXPECT_FALSE(find_copying(figures));
}

TEST(TrainingRules, CopiesAmongTheSamplesAreCounted) {
    Training figures = training(500, ordinary);
    figures.samples = SampleFigures{grey(0.2), grey(0.2), 16, 5};
    const auto found = find_copying(figures);
    ASSERT_TRUE(found);
    EXPECT_THAT(found->text, HasSubstr("5 of 16 samples are nearly a training image"));
    figures.samples->copied = 1;
    EXPECT_FALSE(find_copying(figures)) << "one can be by chance";
}

TEST(TrainingRules, SaysWhenItWillBeginToCopy) {
    Training figures = training(2000, falling_behind);  // 40 % above, and 50 % at step 2,500
    const auto found = find_copying_soon(figures);
    ASSERT_TRUE(found);
    EXPECT_THAT(found->text, HasSubstr("near step 2,500, in about 50 s"));
    ASSERT_TRUE(found->fix);
    EXPECT_EQ(*found->fix, (SettingFix{"steps", std::int64_t{2500}})) << "the run can end there";
    EXPECT_FALSE(find_copying_soon(training(2000, ordinary)));
    figures.total_steps = 2'400;
    EXPECT_FALSE(find_copying_soon(figures)) << "it ends before";
}

TEST(TrainingRules, AScheduleThatEndsEarlyIsMadeToReachNoise) {
    TrainingFigures figures;
    EXPECT_FALSE(find_open_schedule(figures)) << "the schedule of Ho et al.";
    figures.config.schedule.timesteps = 200;
    EXPECT_FALSE(find_open_schedule(figures)) << "its ends are scaled";
    figures.config.schedule.scale_ends = false;  // alpha_bar_T = 0.1322, of which the root is 0.36
    const auto found = find_open_schedule(figures);
    ASSERT_TRUE(found);
    EXPECT_THAT(found->text, HasSubstr("36 %"));
    EXPECT_EQ(found->fix, (SettingFix{"scale_ends", true, true}));
    figures.config.schedule.scale_ends = true;
    EXPECT_FALSE(find_open_schedule(figures)) << "after the fix";

    figures.config.schedule = {.beta_end = 0.002};
    ASSERT_TRUE(find_open_schedule(figures));
    EXPECT_EQ(find_open_schedule(figures)->fix, (SettingFix{"schedule", std::string("cosine"), true}));
}

TEST(TrainingRules, AShortBudgetIsMadeLongEnough) {
    Training figures = training(20, ordinary);
    figures.fraction = 0.2;
    figures.total_steps = 100;  // 3,200 images in 10 minutes
    const auto found = find_short_budget(figures);
    ASSERT_TRUE(found);
    EXPECT_THAT(found->text, HasSubstr("about 100 steps"));
    EXPECT_EQ(found->fix, (SettingFix{"minutes", 29.0}));
    figures.config.training.steps = 100;
    EXPECT_EQ(find_short_budget(figures)->fix, (SettingFix{"steps", std::int64_t{290}}));
    figures.total_steps = 290;
    EXPECT_FALSE(find_short_budget(figures));
    figures.total_steps = 0;
    EXPECT_FALSE(find_short_budget(figures)) << "not known yet";
    figures.total_steps = 100;
    figures.fraction = 0.9;
    EXPECT_FALSE(find_short_budget(figures)) << "too late to say so";
}

TEST(TrainingRules, ALossThatStaysHighInASmallNetworkAsksForALargerOne) {
    const auto stuck = [](double step) {
        const double loss = 0.2 + 0.7 * std::exp(-step / 100);
        return HeldOutLosses{loss, loss};
    };
    Training figures = training(3000, stuck);
    figures.parameters = 20'000;
    figures.config.unet.base_width = 8;
    const auto found = find_small_network(figures);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->fix, (SettingFix{"base_width", std::int64_t{16}, true}));
    figures.fraction = 0.9;
    EXPECT_FALSE(find_small_network(figures)) << "flat because of the learning rate";
    Training large = training(3000, stuck);
    EXPECT_FALSE(find_small_network(large)) << "1.2 million parameters";
    Training learning = training(3000, ordinary);
    learning.parameters = 20'000;
    EXPECT_FALSE(find_small_network(learning));
}

TEST(TrainingRules, AnAverageOverTooManyStepsIsTooYoung) {
    Training figures = training(670, ordinary);
    figures.config.training.ema_share = 0.5;
    EXPECT_FALSE(find_young_ema(figures));
    figures.own.back().held_out->training *= 2;
    figures.own.back().held_out->held_out *= 2;
    const auto found = find_young_ema(figures);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->fix, (SettingFix{"ema_share", 0.05}));
    figures.config.training.ema_share = 0.05;
    EXPECT_FALSE(find_young_ema(figures)->fix);
    EXPECT_THAT(find_young_ema(figures)->advice, HasSubstr("goes away"));
}

TEST(TrainingRules, ATintIsTheDifferenceOfTheMeanColours) {
    Training figures = training(600, ordinary);
    figures.samples = SampleFigures{grey(0.5), grey(0.2), 16, 0};
    ASSERT_TRUE(find_tint(figures));
    EXPECT_THAT(find_tint(figures)->text, HasSubstr("are brighter than the images, by 30 %"));
    EXPECT_FALSE(find_tint(figures)->fix);
    figures.config.training.prediction = PredictionType::eps;
    EXPECT_EQ(find_tint(figures)->fix, (SettingFix{"prediction", std::string("v"), true}));

    figures.samples->samples = {.mean = {0.5, 0.5, 0.2}, .spread = 0.3};
    figures.samples->data = {.mean = {0.5, 0.48, 0.5}, .spread = 0.3};
    EXPECT_THAT(find_tint(figures)->text, HasSubstr("have less blue than"));
    figures.samples->samples.mean = {0.7, 0.5, 0.5};
    EXPECT_THAT(find_tint(figures)->text, HasSubstr("have more red than"));
    figures.samples->samples.mean = {0.55, 0.5, 0.45};
    EXPECT_FALSE(find_tint(figures)) << "as 16 other images might";

    Training early = training(60, ordinary);
    early.samples = SampleFigures{grey(0.5), grey(0.1), 16, 0};
    EXPECT_FALSE(find_tint(early)) << "its samples are noise";
}

TEST(TrainingRules, ASpeedOfLessThanAThirdOfTheUsualOneIsTold) {
    const auto with_speed = [](const std::function<double(double)>& speed) {
        Training figures = training(300, ordinary);
        for (StepMetrics& step : figures.own) step.images_per_second = speed(static_cast<double>(step.step));
        figures.steps = figures.own;
        return figures;
    };
    const Training busy = with_speed([](double step) { return step > 250 ? 30 : 110; });
    ASSERT_TRUE(find_slowdown(busy));
    EXPECT_THAT(find_slowdown(busy)->text, HasSubstr("to 30 from 110 images a second"));
    EXPECT_THAT(check_training(busy), testing::Contains(testing::Field(&Finding::rule, Rule::slowed_down)));
    EXPECT_FALSE(find_slowdown(with_speed([](double step) { return step > 250 ? 40 : 110; }))) << "a third";
    EXPECT_FALSE(find_slowdown(with_speed([](double step) { return step > 290 ? 30 : 110; }))) << "a moment";
    EXPECT_FALSE(find_slowdown(with_speed([](double step) { return step > 200 && step < 280 ? 30 : 110; })))
        << "over";
    EXPECT_FALSE(find_slowdown(with_speed([](double step) { return step > 20 ? 30 : 110; }))) << "usual";
    EXPECT_FALSE(find_slowdown(training(300, ordinary))) << "without measured speeds";
}

TEST(TrainingRules, StrongGuidanceSaturatesSamples) {
    EXPECT_TRUE(find_strong_guidance(grey(0.5, 0.3), grey(0.5, 0.02), 6));
    EXPECT_THAT(*find_strong_guidance(grey(0.5, 0.3), grey(0.5, 0.02), 6), HasSubstr("30 %"));
    EXPECT_FALSE(find_strong_guidance(grey(0.5, 0.3), grey(0.5, 0.02), 1)) << "not because of the guidance";
    EXPECT_FALSE(find_strong_guidance(grey(0.2, 0.85), grey(0.2, 0.82), 6)) << "images in black and white";
}

TEST(TrainingRules, WhatMattersMostComesFirst) {
    Training figures = training(2000, memorizing);
    figures.config.schedule = {.timesteps = 200, .scale_ends = false};
    figures.samples = SampleFigures{grey(0.9), grey(0.2), 16, 0};
    const auto findings = check_training(figures);
    ASSERT_EQ(findings.size(), 3u);
    EXPECT_EQ(findings[0].rule, Rule::copying);
    EXPECT_EQ(findings[1].rule, Rule::schedule);
    EXPECT_EQ(findings[2].rule, Rule::tint);
}

TEST(TrainingRules, EachFixIsAValidValueOfItsSetting) {
    Training figures = training(2000, memorizing);
    figures.config.schedule = {.timesteps = 200, .scale_ends = false};
    figures.config.training.prediction = PredictionType::eps;
    figures.samples = SampleFigures{grey(0.9), grey(0.2), 16, 0};
    for (const Finding& finding : check_training(figures)) {
        ASSERT_TRUE(finding.fix);
        const auto& setting = find_setting(run_settings(), finding.fix->key);
        EXPECT_NO_THROW(check_setting(setting.info, finding.fix->value)) << finding.fix->key;
        EXPECT_TRUE(setting.info.live || finding.fix->new_run) << finding.fix->key;
    }
}

TEST(ImageFigures, AreOfAllPixels) {
    ImageBatch images{1, 3, 1, 2, {0, 255, 51, 51, 102, 204}};
    const ImageFigures figures = figures_of(images);
    ASSERT_EQ(figures.mean.size(), 3u);
    EXPECT_DOUBLE_EQ(figures.mean[0], 0.5);
    EXPECT_DOUBLE_EQ(figures.mean[1], 0.2);
    EXPECT_DOUBLE_EQ(figures.mean[2], 0.6);
    EXPECT_DOUBLE_EQ(figures.clipped, 2.0 / 6);
    EXPECT_NEAR(figures.spread, 0.3543, 1e-4);  // of 0, 1, 0.2, 0.2, 0.4, 0.8
    EXPECT_TRUE(figures_of({}).mean.empty());
}

}  // namespace
}  // namespace denoise
