#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "engine/scheduler/scheduler.h"
#include "tests/scheduler/scheduler_fixture.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::SchedulerTest;
using test::small_run;
using testing::HasSubstr;

TEST_F(SchedulerTest, LoadsADataset) {
    const auto ready = result_of<DatasetReady>(LoadDataset{{.dataset = "glyphs", .image_limit = 100}});
    EXPECT_EQ(ready.count, 100);
    EXPECT_EQ(ready.width, 28);
    EXPECT_EQ(ready.thumbnails.count, 24);
    EXPECT_EQ(std::accumulate(ready.class_counts.begin(), ready.class_counts.end(), std::int64_t{0}), 100);
    wait_for(EngineState::idle);
    // A dataset in memory is reported again, so that every request has a result.
    EXPECT_EQ(result_of<DatasetReady>(LoadDataset{{.dataset = "glyphs", .image_limit = 100}}).count, 100);
}

TEST_F(SchedulerTest, NamesAMissingDatasetAndContinues) {
    EXPECT_THAT(error_of(LoadDataset{{.dataset = (folder / "nothing").string()}}).why, HasSubstr("nothing"));
    wait_for(EngineState::error);
    result_of<DatasetReady>(LoadDataset{{.dataset = "glyphs", .image_limit = 64}});
    wait_for(EngineState::idle);
}

TEST_F(SchedulerTest, SimultaneousLoadsEachEndWithTheirDataset) {
    const JobId first = engine->post(LoadDataset{{.dataset = "glyphs", .image_limit = 200}});
    const JobId second = engine->post(LoadDataset{{.dataset = "glyphs", .image_limit = 100}});
    const JobId third =
        engine->post(LoadDataset{{.dataset = "glyphs", .image_limit = 200}});  // shares the first's load
    std::set<JobId> ended;
    while (ended.size() < 3) ended.insert(next<JobEnded>().job);
    EXPECT_THAT(ended, testing::ElementsAre(first, second, third));
    EXPECT_EQ(all<DatasetReady>(first).at(0).count, 200);
    EXPECT_EQ(all<DatasetReady>(second).at(0).count, 100);
    EXPECT_EQ(all<DatasetReady>(third).at(0).count, 200);
}

TEST_F(SchedulerTest, SamplesWhileItTrainsInEqualShares) {
    // By this clock, which does not depend on the load, every step of a job takes a millisecond.
    const auto clock = [now = std::chrono::milliseconds(0)]() mutable {
        return Scheduler::Clock::time_point(++now);
    };
    engine = std::make_unique<Scheduler>(EngineOptions{.threads = 1}, clock);
    start_endless_run();
    seen.clear();
    const JobId job = engine->post(Sample{{.count = 16, .steps = 100}});
    EXPECT_EQ(end_of(job).outcome, Outcome::done);
    const auto frames = all<SampleFrame>(job);
    ASSERT_EQ(frames.size(), 100u);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(frames[static_cast<std::size_t>(i)].index, i);
    int steps = 0;  // of training while it sampled
    bool sampling = false;
    for (const Event& event : seen) {
        sampling = sampling || std::holds_alternative<SampleStarted>(event);
        if (const auto* batch = std::get_if<MetricsBatch>(&event); batch && sampling)
            steps += static_cast<int>(batch->steps.size());
    }
    ASSERT_GT(steps, 2);
    const double share = steps / (steps + static_cast<double>(frames.size()));
    EXPECT_GT(share, 0.3);
    EXPECT_LT(share, 0.7);
}

TEST_F(SchedulerTest, CancelEndsOnlyItsJob) {
    // Regression: cancelling stopped any job that was running.
    const JobId training = start_endless_run();
    const JobId first = engine->post(Sample{{.sampler = "ddpm", .count = 4, .steps = 0}});
    const JobId second = engine->post(Sample{{.count = 2, .steps = 30}});
    next<SampleFrame>([&](const SampleFrame& frame) { return frame.job == first; });
    next<SampleFrame>([&](const SampleFrame& frame) { return frame.job == second; });
    engine->post(Cancel{first});
    EXPECT_EQ(end_of(first).outcome, Outcome::cancelled);
    EXPECT_EQ(end_of(second).outcome, Outcome::done);
    EXPECT_EQ(all<SampleFrame>(second).size(), 30u);
    EXPECT_TRUE(all<SampleResult>(first).empty());
    next<MetricsBatch>();         // training continues
    engine->post(Cancel{first});  // has already ended: no effect
    engine->post(Cancel{training});
    EXPECT_EQ(end_of(training).outcome, Outcome::cancelled);
    for (const JobId job : {training, first, second}) EXPECT_EQ(all<JobEnded>(job).size(), 1u) << job;
    EXPECT_EQ(read_run(folder / "run").state, RunState::stopped);
}

TEST_F(SchedulerTest, EveryJobCanBeCancelledWhileItWaitsOrRunsDuringTraining) {
    const JobId training = start_endless_run();
    Evaluate evaluate{.dataset = {.dataset = "glyphs", .image_limit = 10'000}, .count = 64};
    const JobId waiting = engine->post(evaluate);  // its dataset takes a while
    engine->post(Cancel{waiting});
    EXPECT_EQ(end_of(waiting).outcome, Outcome::cancelled);
    EXPECT_TRUE(all<EvaluationResult>(waiting).empty());

    evaluate.dataset = small_run().dataset;
    evaluate.count = 4;
    const JobId measuring = engine->post(evaluate);
    const JobId encoding = engine->post(Encode{{1, 1, 28, 28, std::vector<std::uint8_t>(28 * 28)}, 100});
    next<JobProgress>([&](const JobProgress& progress) { return progress.job == measuring; });
    engine->post(Cancel{measuring});
    EXPECT_EQ(end_of(measuring).outcome, Outcome::cancelled);
    EXPECT_EQ(end_of(encoding).outcome, Outcome::done);
    EXPECT_EQ(all<Computed>(encoding).size(), 1u);
    next<MetricsBatch>();

    const JobId loading = engine->post(LoadDataset{{.dataset = "glyphs", .image_limit = 15'000}});
    engine->post(Cancel{loading});
    EXPECT_EQ(end_of(loading).outcome, Outcome::cancelled);
    engine->post(Cancel{training});
    EXPECT_EQ(end_of(training).outcome, Outcome::cancelled);
}

TEST_F(SchedulerTest, ARunCancelledWhileItsDatasetLoadsEndsWithoutAFolder) {
    // Regression: it ended without an event, and the command line waited forever.
    RunConfig config = endless();
    config.dataset.image_limit = 15'000;
    const JobId job = engine->post(StartTraining{config, folder / "run"});
    wait_for(EngineState::preparing);
    engine->post(Cancel{job});
    EXPECT_EQ(end_of(job).outcome, Outcome::cancelled);
    EXPECT_FALSE(fs::exists(folder / "run"));
    wait_for(EngineState::empty);
}

TEST_F(SchedulerTest, JobsThatWaitForDifferentDatasetsAreBothDone) {
    // Regression: the second request replaced the first.
    train("run");
    const JobId first = engine->post(Evaluate{{.dataset = "glyphs", .image_limit = 300}, 4});
    const JobId second = engine->post(Evaluate{{.dataset = "glyphs", .image_limit = 200}, 4});
    std::set<JobId> ended;
    while (ended.size() < 2) {
        const JobEnded end = next<JobEnded>();
        EXPECT_EQ(end.outcome, Outcome::done) << one_line(end.error);
        ended.insert(end.job);
    }
    EXPECT_THAT(ended, testing::ElementsAre(first, second));
    EXPECT_EQ(all<EvaluationResult>(first).size(), 1u);
    EXPECT_EQ(all<EvaluationResult>(second).size(), 1u);
}

TEST_F(SchedulerTest, AFailedSampleReportsItsIdAndError) {
    train("run");
    const JobId job = engine->post(Sample{{.count = 2, .steps = 1000}});
    const JobEnded end = end_of(job);
    EXPECT_EQ(end.outcome, Outcome::failed);
    EXPECT_THAT(end.error.why, HasSubstr("100 timesteps"));
    EXPECT_THAT(error_of(Sample{{.eta = std::nan("")}}).why, HasSubstr("eta must be from 0 to 1"));
    EXPECT_THAT(error_of(Sample{{.guidance_scale = std::nan("")}}).why, HasSubstr("finite"));
    EXPECT_THAT(error_of(Sample{{.sampler = "magic"}}).why, HasSubstr("ddim"));
}

TEST_F(SchedulerTest, ForecastsATrainingWithoutStartingIt) {
    RunConfig config = find_preset("quick").config;
    config.training.steps = 2000;
    const ForecastTraining request{config, 60000, 1, 28, 28, 10};
    const auto forecast = result_of<TrainingForecast>(request);
    EXPECT_EQ(forecast.steps, 2000);
    EXPECT_GT(forecast.memory_bytes, 200'000'000);
    EXPECT_THAT(forecast.expectation, HasSubstr("After 2,000 steps, you can expect clear samples"));

    error_of(LoadDataset{{.dataset = (folder / "nothing").string()}});
    wait_for(EngineState::error);
    seen.clear();
    result_of<TrainingForecast>(request);
    for (const Event& event : seen) EXPECT_FALSE(std::holds_alternative<StateChanged>(event));

    ForecastTraining impossible = request;
    impossible.config.unet.groups = 7;
    const JobId job = engine->post(impossible);
    EXPECT_EQ(end_of(job).outcome, Outcome::done);
    EXPECT_TRUE(all<TrainingForecast>(job).empty());
}

}  // namespace
}  // namespace denoise
