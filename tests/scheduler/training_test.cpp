#include <gmock/gmock.h>

#include "engine/network/winograd_plan.h"
#include "engine/runs/run_folder.h"
#include "tests/scheduler/scheduler_fixture.h"
#include "tests/support/full_disk.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::losses_of;
using test::SchedulerTest;
using test::small_run;
using testing::HasSubstr;

TEST_F(SchedulerTest, TrainsToTheEndOfItsBudget) {
    RunConfig config = small_run();
    config.training.steps = 30;
    config.training.save_every_steps = 10;
    config.training.preview_seconds = 0.05;
    const JobId job = engine->post(StartTraining{config, folder / "run"});
    EXPECT_EQ(end_of(job).outcome, Outcome::done);
    ASSERT_EQ(all<RunOpened>(job).size(), 1u);
    EXPECT_TRUE(all<RunOpened>(job)[0].trainable);
    ASSERT_EQ(all<TrainingEnded>(job).size(), 1u);
    EXPECT_TRUE(all<TrainingEnded>(job)[0].completed);
    EXPECT_EQ(all<TrainingEnded>(job)[0].step, 30);
    EXPECT_FALSE(all<PreviewReady>(job).empty());
    const RunSummary run = read_run(folder / "run");
    EXPECT_EQ(run.state, RunState::finished);
    EXPECT_EQ(run.step, 30);
    EXPECT_EQ(run.checkpoints.size(), 4u);  // 0, 10, 20, 30
    EXPECT_EQ(losses_of(folder / "run").size(), 30u);
    EXPECT_FALSE(list_previews(folder / "run").empty());
}

TEST_F(SchedulerTest, ABudgetInMinutesIsWallClockWithPreviewsAndSaves) {
    RunConfig config = small_run();
    config.training.steps = 0;
    config.training.minutes = 0.1;
    config.training.save_every_steps = 5;
    config.training.preview_seconds = 0.1;
    const JobId job = engine->post(StartTraining{config, folder / "run"});
    next<RunOpened>();
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(end_of(job).outcome, Outcome::done);
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    EXPECT_GE(all<PreviewReady>(job).size(), 2u);  // one during training and the last one
    // It ends early rather than late, but on a busy computer the last preview takes longer than expected.
    EXPECT_GT(took, 5.5);
    EXPECT_LT(took, 7.5);
}

TEST_F(SchedulerTest, APauseDoesNotCountForTheBudget) {
    RunConfig config = small_run();
    config.training.steps = 0;
    config.training.minutes = 0.05;
    const JobId job = engine->post(StartTraining{config, folder / "run"});
    next<MetricsBatch>();
    engine->post(PauseTraining{});
    wait_for(EngineState::paused);
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    const auto begin = std::chrono::steady_clock::now();
    engine->post(ContinueTraining{});
    EXPECT_EQ(end_of(job).outcome, Outcome::done);
    EXPECT_GT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(2000));
}

TEST_F(SchedulerTest, ARunRecordsItsExecutionAndKeepsItWhenResumed) {
    train("run");
    const auto measured = read_run_header(folder / "run").measured;
    ASSERT_TRUE(measured);
    EXPECT_EQ(measured->execution, (Execution{.threads = 1, .winograd = to_string(usual_winograd_plan())}));
    const JobId job = engine->post(ResumeTraining{folder / "run", 60, 0});
    EXPECT_EQ(end_of(job).outcome, Outcome::done);
    EXPECT_EQ(all<RunOpened>(job).at(0).execution, describe_execution(measured->execution));
    EXPECT_EQ(read_run_header(folder / "run").measured, measured);
}

TEST_F(SchedulerTest, GivesTheSameSamplesAfterReopening) {
    train("run");
    const SampleRequest request{.count = 3, .steps = 5, .seed = 4};
    const ImageBatch first = result_of<SampleResult>(Sample{request}).images;
    EXPECT_EQ(first.count, 3);
    restart();
    const JobId open = engine->post(OpenModel{folder / "run"});
    EXPECT_EQ(end_of(open).outcome, Outcome::done);
    EXPECT_EQ(all<RunOpened>(open).at(0).step, 40);
    const auto by_timestep = all<TimestepLosses>(open).at(0).bins;
    EXPECT_EQ(by_timestep.size(), 20u);
    EXPECT_THAT(by_timestep, testing::Contains(testing::Gt(0)));
    EXPECT_EQ(result_of<SampleResult>(Sample{request}).images, first);
}

TEST_F(SchedulerTest, SamplesFromAnotherModelWithoutOpeningIt) {
    train("run");
    const SampleRequest request{.count = 2, .steps = 4, .seed = 3};
    const ImageBatch wanted = result_of<SampleResult>(Sample{request}).images;
    restart();
    EXPECT_EQ(result_of<SampleResult>(Sample{request, folder / "run"}).images, wanted);
    const SampleStarted start = all<SampleStarted>(1).at(0);
    EXPECT_EQ(start.model, folder / "run");
    EXPECT_EQ(start.class_names.size(), 16u);
    EXPECT_EQ(start.model_step, 40);
    EXPECT_THAT(error_of(Sample{request}).why, testing::HasSubstr("none has been trained or opened"));
    EXPECT_EQ(error_of(Sample{request, folder / "missing"}).what, "Cannot open the model");

    // Beside a training, which it does not disturb.
    RunConfig other = endless();
    other.training.seed = 8;
    engine->post(StartTraining{other, folder / "other"});
    next<MetricsBatch>();
    EXPECT_EQ(result_of<SampleResult>(Sample{request, folder / "run"}).images, wanted);
    next<MetricsBatch>();
}

TEST_F(SchedulerTest, AResumedRunGivesTheSameLossesAsAnUninterruptedOne) {
    train("whole");
    // Sampled during training, stopped, and resumed by another engine.
    const JobId job = engine->post(StartTraining{small_run(), folder / "parts"});
    next<MetricsBatch>([](const MetricsBatch& batch) { return batch.steps.back().step >= 7; });
    engine->post(Sample{{.count = 2, .steps = 3}});
    engine->post(StopTraining{});
    EXPECT_EQ(end_of(job).outcome, Outcome::cancelled);
    restart();
    EXPECT_EQ(run(ResumeTraining{folder / "parts"}).outcome, Outcome::done);
    EXPECT_EQ(losses_of(folder / "parts"), losses_of(folder / "whole"));
}

TEST_F(SchedulerTest, PausesContinuesAndDoesSingleSteps) {
    const JobId job = start_endless_run();
    engine->post(PauseTraining{});
    wait_for(EngineState::paused);
    const std::int64_t at = read_run(folder / "run").step;  // pausing saves
    EXPECT_GT(at, 0);
    engine->post(StepTraining{});
    const auto later =
        next<MetricsBatch>([at](const MetricsBatch& batch) { return batch.steps.back().step > at; });
    EXPECT_EQ(later.steps.back().step, at + 1);
    wait_for(EngineState::paused);
    engine->post(ContinueTraining{});
    next<MetricsBatch>([at](const MetricsBatch& batch) { return batch.steps.back().step > at + 3; });
    engine->post(StopTraining{});
    EXPECT_FALSE(next<TrainingEnded>().completed);
    EXPECT_EQ(end_of(job).outcome, Outcome::cancelled);
    wait_for(EngineState::idle);
}

TEST_F(SchedulerTest, RefusesASecondRunAndCommandsWithoutARun) {
    engine->post(ContinueTraining{});
    EXPECT_THAT(next<Problem>().error.why, HasSubstr("no run is open"));
    engine->post(SaveCheckpoint{});
    EXPECT_THAT(next<Problem>().error.why, HasSubstr("no run is open"));
    start_endless_run();
    EXPECT_THAT(error_of(StartTraining{small_run(), folder / "other"}).why, HasSubstr("one is open"));
    EXPECT_THAT(error_of(OpenModel{folder / "run"}).why, HasSubstr("one is open"));
    next<MetricsBatch>();
}

TEST_F(SchedulerTest, SavesARunInTrainingWhenItIsDestroyed) {
    start_endless_run(5);
    engine.reset();
    const RunSummary run = read_run(folder / "run");
    EXPECT_EQ(run.state, RunState::stopped);
    EXPECT_GE(run.step, 5);
}

/// With this weight decay each step multiplies the weights by -9.
RunConfig diverging(RunConfig config) {
    config.training.learning_rate = 10;
    config.training.weight_decay = 1;
    config.training.warmup = 0;
    return config;
}

TEST_F(SchedulerTest, ADivergedLossPausesAndReturnsToTheLastCheckpoint) {
    engine->post(StartTraining{diverging(endless()), folder / "run"});
    next<RunOpened>();
    const Error error = next<Problem>().error;
    EXPECT_THAT(error.what, HasSubstr("paused"));
    EXPECT_THAT(error.why, HasSubstr("NaN"));
    wait_for(EngineState::diverged);
    const std::int64_t good = read_run(folder / "run").step;
    engine->post(ContinueTraining{});
    EXPECT_EQ(next<RunOpened>().step, good);
    EXPECT_DOUBLE_EQ(read_run(folder / "run").config.training.learning_rate, 5);
}

TEST_F(SchedulerTest, ADivergedRunOnAFullDiskResumesWithHalfTheLearningRateOnce) {
    engine->post(StartTraining{diverging(endless()), folder / "run"});
    next<RunOpened>();
    next<Problem>();
    wait_for(EngineState::diverged);
    {
        const test::FullDisk full(10);
        engine->post(ContinueTraining{});
        EXPECT_THAT(next<Problem>().error.remedy, HasSubstr("space"));
    }
    engine->post(ContinueTraining{});
    EXPECT_DOUBLE_EQ(next<RunOpened>().config.training.learning_rate, 5);
}

TEST_F(SchedulerTest, CommandsForADivergedRunSayThatItCanBeResumed) {
    engine->post(StartTraining{diverging(endless()), folder / "run"});
    next<RunOpened>();
    next<Problem>();
    wait_for(EngineState::diverged);
    for (const Command& command : {Command(StepTraining{}), Command(SaveCheckpoint{})}) {
        engine->post(command);
        const Error error = next<Problem>().error;
        EXPECT_THAT(error.why, HasSubstr("loss of the open run is not a number"));
        EXPECT_THAT(error.remedy, HasSubstr("Resume the run"));
    }
}

TEST_F(SchedulerTest, SettingsChangedInFlightApplyFromTheNextStepAndAreKept) {
    RunConfig config = endless();
    config.training.warmup = 0;
    config.training.anneal = false;
    const JobId job = engine->post(StartTraining{config, folder / "run"});
    next<MetricsBatch>();
    engine->post(PauseTraining{});
    wait_for(EngineState::paused);
    RunConfig wanted = config;
    wanted.training.learning_rate = config.training.learning_rate / 4;
    wanted.training.batch_size = 5;  // fixed
    engine->post(ChangeTraining{wanted});
    const RunChanged changed = next<RunChanged>();
    ASSERT_EQ(changed.changes.size(), 1u);
    EXPECT_EQ(changed.config.training.batch_size, config.training.batch_size);
    engine->post(StepTraining{});
    const auto metrics = next<MetricsBatch>().steps.back();
    EXPECT_DOUBLE_EQ(metrics.learning_rate, wanted.training.learning_rate);
    EXPECT_EQ(metrics.step, changed.changes[0].step + 1);
    engine->post(StopTraining{});
    end_of(job);
    EXPECT_EQ(read_run(folder / "run").config, changed.config);

    wanted.training.steps = metrics.step + 5;
    const JobId resumed = engine->post(ResumeTraining{folder / "run", 0, 0, wanted});
    EXPECT_EQ(end_of(resumed).outcome, Outcome::done);
    const RunOpened opened = all<RunOpened>(resumed).at(0);
    ASSERT_EQ(opened.changes.size(), 2u) << "the change and the budget";
    EXPECT_EQ(opened.changes[0], changed.changes[0]);
    EXPECT_EQ(opened.changes[1].key, "steps");
    EXPECT_EQ(read_run(folder / "run").step, wanted.training.steps);
}

TEST_F(SchedulerTest, AnInvalidChangeIsRefused) {
    const JobId job = start_endless_run();
    RunConfig wanted = endless();
    wanted.training.learning_rate = -1;
    engine->post(ChangeTraining{wanted});
    EXPECT_THAT(next<Problem>().error.what, HasSubstr("earning"));
    engine->post(StopTraining{});
    end_of(job);
    EXPECT_EQ(read_run(folder / "run").config.training.learning_rate, endless().training.learning_rate);
}

TEST_F(SchedulerTest, TheBatchIsDividedIntoPartsDuringATraining) {
    const JobId job = start_endless_run();
    RunConfig wanted = endless();
    wanted.training.batch_parts = wanted.training.batch_size;
    engine->post(ChangeTraining{wanted});
    const RunChanged changed = next<RunChanged>();
    ASSERT_EQ(changed.changes.size(), 1u);
    EXPECT_EQ(changed.changes[0].key, "batch_parts");
    EXPECT_GT(next<MetricsBatch>().steps.back().step, changed.changes[0].step);
    wanted.training.batch_parts = wanted.training.batch_size + 1;
    engine->post(ChangeTraining{wanted});
    EXPECT_EQ(next<Problem>().error.setting, "batch_parts");
    engine->post(StopTraining{});
    end_of(job);
    EXPECT_EQ(read_run(folder / "run").config.training.batch_parts, wanted.training.batch_size);
}

/// As for another number of processes.
TEST_F(SchedulerTest, ARunIsResumedWithAnotherBatch) {
    RunConfig config = small_run();
    config.training.steps = 4;
    ASSERT_EQ(run(StartTraining{config, folder / "run"}).outcome, Outcome::done);
    ResumeTraining request{.folder = folder / "run", .steps = 6};
    request.batch_size = 3 * config.training.batch_size;
    request.batch_parts = 3;
    const JobId job = engine->post(request);
    ASSERT_EQ(end_of(job).outcome, Outcome::done);
    EXPECT_THAT(all<Notice>(job).at(0).text,
                HasSubstr("a step has " + std::to_string(request.batch_size) + " images instead of " +
                          std::to_string(config.training.batch_size)));
    EXPECT_EQ(read_run(folder / "run").config.training.batch_size, request.batch_size);
    EXPECT_EQ(read_run(folder / "run").step, 6);
    request.steps = 8;
    request.batch_parts = 5 * request.batch_size;
    EXPECT_EQ(error_of(request).setting, "batch_parts");
}

TEST_F(SchedulerTest, AnInvalidConfigCreatesNoFolder) {
    RunConfig config = small_run();
    config.unet.groups = 5;
    EXPECT_THAT(error_of(StartTraining{config, folder / "run"}).why, HasSubstr("groups = 5 does not divide"));
    EXPECT_FALSE(fs::exists(folder / "run"));
}

}  // namespace
}  // namespace denoise
