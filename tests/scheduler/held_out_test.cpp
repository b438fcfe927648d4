#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "engine/data/split.h"
#include "tests/scheduler/scheduler_fixture.h"

namespace denoise {
namespace {

using test::SchedulerTest;
using test::small_run;

/// 48 of the 64 images are trained on, and the losses are compared at steps 67, 134 ...
RunConfig with_held_out(std::int64_t steps) {
    RunConfig config = small_run();
    config.training.held_out = 0.25;
    config.training.steps = steps;
    return config;
}

std::vector<std::pair<std::int64_t, HeldOutLosses>> measured_in(const std::filesystem::path& run) {
    std::vector<std::pair<std::int64_t, HeldOutLosses>> found;
    for (const StepMetrics& metrics : read_metrics(run, 100000))
        if (metrics.held_out) found.emplace_back(metrics.step, *metrics.held_out);
    return found;
}

TEST_F(SchedulerTest, MeasuresTheLossOfHeldOutImagesAtIntervals) {
    const JobId job = engine->post(StartTraining{with_held_out(140), folder / "run"});
    EXPECT_EQ(end_of(job).outcome, Outcome::done);
    const RunOpened run = all<RunOpened>(job).at(0);
    EXPECT_EQ(run.training_images, 48);
    EXPECT_EQ(run.held_out_images, 16);
    std::vector<std::int64_t> steps;
    for (const MetricsBatch& batch : all<MetricsBatch>(job))
        for (const StepMetrics& metrics : batch.steps)
            if (metrics.held_out) {
                steps.push_back(metrics.step);
                EXPECT_GT(metrics.held_out->held_out, 0);
                EXPECT_GT(metrics.held_out->training, 0);
            }
    EXPECT_EQ(steps, (std::vector<std::int64_t>{67, 134}));
    EXPECT_EQ(measured_in(folder / "run").size(), 2u);
    // A run that is opened again has them, too.
    const auto opened = result_of<RunOpened>(OpenModel{folder / "run"});
    EXPECT_EQ(std::ranges::count_if(opened.history, [](const auto& m) { return m.held_out.has_value(); }), 2);
    EXPECT_EQ(opened.held_out_images, 0) << "it is not trained";
}

TEST_F(SchedulerTest, AResumedRunMeasuresTheSameHeldOutLosses) {
    ASSERT_EQ(run(StartTraining{with_held_out(140), folder / "whole"}).outcome, Outcome::done);
    const JobId job = engine->post(StartTraining{with_held_out(140), folder / "parts"});
    next<MetricsBatch>([](const MetricsBatch& batch) { return batch.steps.back().step >= 80; });
    engine->post(StopTraining{});
    end_of(job);
    ASSERT_EQ(run(ResumeTraining{folder / "parts"}).outcome, Outcome::done);
    EXPECT_EQ(measured_in(folder / "parts"), measured_in(folder / "whole"));
}

TEST_F(SchedulerTest, ComparesPreviewsWithTheTrainingImages) {
    RunConfig config = with_held_out(30);
    config.training.preview_seconds = 0.05;
    const JobId job = engine->post(StartTraining{config, folder / "run"});
    EXPECT_EQ(end_of(job).outcome, Outcome::done);
    const auto previews = all<PreviewReady>(job);
    const auto judged = all<PreviewJudged>(job);
    ASSERT_FALSE(previews.empty());
    ASSERT_EQ(judged.size(), previews.size());
    EXPECT_EQ(judged.back().step, previews.back().step);
    EXPECT_EQ(judged.back().figures.samples, figures_of(previews.back().images));
    EXPECT_EQ(judged.back().figures.count, 16);
    EXPECT_EQ(judged.back().figures.copied, 0) << "30 steps are not enough to copy";
    const auto set = test::glyphs(64);
    const DatasetSplit split = split_dataset(set->labels, 0.25, 0);
    EXPECT_EQ(judged.back().figures.data, figures_of(images_at(set->images, split.training)));
}

TEST_F(SchedulerTest, TheBoundIsOfHeldOutImagesIfThereAreEnough) {
    const RunConfig config = with_held_out(10);
    ASSERT_EQ(run(StartTraining{config, folder / "run"}).outcome, Outcome::done);
    const auto bound = [&](const DatasetConfig& dataset, std::int64_t count) {
        return std::get<BitsPerDim>(result_of<EvaluationResult>(Evaluate{dataset, count}).score);
    };
    EXPECT_TRUE(bound(config.dataset, 16).held_out);
    EXPECT_EQ(bound(config.dataset, 16).images, 16);
    EXPECT_FALSE(bound(config.dataset, 17).held_out);
    EXPECT_FALSE(bound({.dataset = "glyphs", .image_limit = 160}, 16).held_out) << "another dataset";
}

TEST_F(SchedulerTest, TheNearestImagesAreTrainingImages) {
    qputenv("XDG_CACHE_HOME", (folder / "cache").c_str());
    const RunConfig config = with_held_out(10);
    ASSERT_EQ(run(StartTraining{config, folder / "run"}).outcome, Outcome::done);
    Evaluate command{.dataset = config.dataset, .count = 60, .metric = Metric::nearest};
    command.samples.steps = 2;
    const auto nearest = std::get<NearestImages>(result_of<EvaluationResult>(command).score);
    EXPECT_EQ(nearest.reference_images, 48);
    const DatasetSplit split = split_dataset(test::glyphs(64)->labels, 0.25, 0);
    for (const std::int64_t index : nearest.indices)
        EXPECT_FALSE(std::ranges::binary_search(split.held_out, index)) << index;
    qunsetenv("XDG_CACHE_HOME");
}

}  // namespace
}  // namespace denoise
