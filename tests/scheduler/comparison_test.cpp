// Samples that are compared: one after another, with the same weights, each with its cost.

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/scheduler/scheduler_fixture.h"

namespace denoise {
namespace {

using test::SchedulerTest;
using testing::HasSubstr;

TEST_F(SchedulerTest, SamplesOneAfterAnotherWithTheWeightsOfTheMomentTheyWerePosted) {
    start_endless_run();
    const SampleRequest request{.count = 2, .steps = 20, .seed = 5};
    const JobId first = engine->post(Sample{.request = request});
    const JobId second = engine->post(Sample{.request = request, .after = first});
    next<SampleFrame>([&](const SampleFrame& frame) { return frame.job == first; });
    seen.clear();
    EXPECT_EQ(end_of(first).outcome, Outcome::done);
    EXPECT_TRUE(all<SampleStarted>(second).empty()) << "it waits";
    const SampleResult wanted = all<SampleResult>(first).at(0);
    EXPECT_EQ(end_of(second).outcome, Outcome::done);
    std::int64_t steps_between = 0;
    for (const Event& event : seen)
        if (const auto* batch = std::get_if<MetricsBatch>(&event))
            steps_between += static_cast<std::int64_t>(batch->steps.size());
    EXPECT_GT(steps_between, 0) << "the training goes on";
    EXPECT_EQ(all<SampleResult>(second).at(0).images, wanted.images);
}

TEST_F(SchedulerTest, AWaitingSampleStartsWhenTheOneBeforeItWasCancelled) {
    train("run");
    const JobId first = engine->post(Sample{{.sampler = "ddpm", .count = 4, .steps = 0}});
    const JobId second = engine->post(Sample{.request = {.count = 1, .steps = 2}, .after = first});
    const JobId third = engine->post(Sample{.request = {.count = 1, .steps = 2}, .after = second});
    next<SampleFrame>();
    engine->post(Cancel{second});
    EXPECT_EQ(end_of(second).outcome, Outcome::cancelled);
    engine->post(Cancel{first});
    EXPECT_EQ(end_of(first).outcome, Outcome::cancelled);
    EXPECT_EQ(end_of(third).outcome, Outcome::done);
    EXPECT_TRUE(all<SampleStarted>(second).empty());
}

TEST_F(SchedulerTest, CountsTheEvaluationsOfTheNetwork) {
    train("run");
    const auto evaluations = [this](const SampleRequest& request) {
        return result_of<SampleResult>(Sample{request}).evaluations;
    };
    EXPECT_EQ(evaluations({.sampler = "ddim", .count = 3, .steps = 5}), 5);
    EXPECT_EQ(evaluations({.sampler = "heun", .count = 2, .steps = 5}), 9) << "two a step, one in the last";
    EXPECT_EQ(evaluations({.sampler = "ddim", .count = 2, .steps = 5, .guidance_scale = 2}), 10)
        << "with the class and without";
}

TEST_F(SchedulerTest, MeasuresTheTimeOfTheSamplerWithoutTheTrainingBesideIt) {
    start_endless_run();
    const SampleResult result = result_of<SampleResult>(Sample{{.count = 4, .steps = 100}});
    EXPECT_GT(result.sampler_seconds, 0);
    EXPECT_TRUE(std::ranges::any_of(
        seen, [](const Event& event) { return std::holds_alternative<MetricsBatch>(event); }));
    EXPECT_LT(result.sampler_seconds, result.seconds) << "without the steps of the training";
}

TEST_F(SchedulerTest, BranchesOnlyFromSamplesWhoseStatesAreKept) {
    train("run");
    const JobId job = engine->post(Sample{.request = {.count = 1, .steps = 4}, .keep_states = false});
    EXPECT_EQ(end_of(job).outcome, Outcome::done);
    EXPECT_FALSE(all<SampleStarted>(job).at(0).keep_states);
    SampleRequest branch;
    branch.branch = Branch{job, 0, 1, 9};
    EXPECT_THAT(error_of(Sample{branch}).why, HasSubstr("not in memory"));
}

}  // namespace
}  // namespace denoise
