#include <nlohmann/json.hpp>

#include "engine/runs/ema_snapshots.h"
#include "engine/runs/run_header.h"
#include "engine/session/recipe.h"
#include "tests/scheduler/scheduler_fixture.h"

namespace denoise {
namespace {

class ReproducibleSamples : public test::SchedulerTest {
  protected:
    SampleRequest small_request() {
        SampleRequest request;
        request.count = 2;
        request.steps = 4;
        request.exact = true;
        return request;
    }
    /// Samples, and remembers how.
    SampleResult sample(const SampleRequest& request) {
        const SampleResult result = result_of<SampleResult>(Sample{request});
        started = all<SampleStarted>(result.job).front();
        return result;
    }
    SampleStarted started;
};

TEST_F(ReproducibleSamples, TheRecipeHasTheExecutionThatGivesTheSameNumbers) {
    train("run");
    SampleRequest request = small_request();
    request.execution = Execution{.bfloat16 = true, .channels_last = false, .threads = 1};
    const SampleResult first = sample(request);
    const nlohmann::json recipe = recipe_of(started);
    EXPECT_EQ(execution_from_json(recipe.at("execution")), request.execution);
    const SampleResult usual = sample(small_request());
    EXPECT_NE(usual.x0.values, first.x0.values) << "in float32";
    EXPECT_NE(recipe_of(started).at("execution"), recipe.at("execution"));
    SampleRequest again = small_request();
    again.execution = execution_from_json(recipe.at("execution"));
    EXPECT_EQ(sample(again).x0.values, first.x0.values);
}

TEST_F(ReproducibleSamples, TheLengthOfTheEmaCanBeChosenAfterTheTraining) {
    RunConfig config = test::small_run();
    config.training.steps = 90;
    ASSERT_EQ(run(StartTraining{config, folder / "run"}).outcome, Outcome::done);
    EXPECT_FALSE(list_ema_snapshots(folder / "run").empty());
    const auto opened = result_of<RunOpened>(OpenModel{folder / "run"});
    EXPECT_EQ(opened.no_ema_lengths, "");
    SampleRequest request = small_request();
    const SampleResult usual = sample(request);
    EXPECT_FALSE(nlohmann::json(recipe_of(started)).contains("ema_length"));
    request.ema_length = 0.12;
    const SampleResult other = sample(request);
    EXPECT_EQ(nlohmann::json(recipe_of(started)).at("ema_length"), 0.12);
    EXPECT_NE(other.x0.values, usual.x0.values);
    EXPECT_EQ(sample(request).x0.values, other.x0.values);
    Sample of_folder{request};
    of_folder.model = folder / "run";
    EXPECT_EQ(result_of<SampleResult>(of_folder).x0.values, other.x0.values);
    request.ema_length = 0.5;
    EXPECT_THAT(error_of(Sample{request}), test::is_error_about("lengths", "0.03 to 0.2"));
}

TEST_F(ReproducibleSamples, AlsoInTrainingAndAfterResuming) {
    RunConfig config = endless();
    engine->post(StartTraining{config, folder / "run"});
    next<MetricsBatch>([](const MetricsBatch& batch) { return batch.steps.back().step >= 70; });
    engine->post(PauseTraining{});
    wait_for(EngineState::paused);
    SampleRequest request = small_request();
    request.ema_length = 0.08;
    const SampleResult first = sample(request);
    engine->post(StopTraining{});
    next<TrainingEnded>();
    // A snapshot of a step that the checkpoint does not have is not used, and is removed when the run is
    // resumed.
    std::filesystem::copy_file(list_ema_snapshots(folder / "run").front().path,
                               ema_snapshot_path(folder / "run", 1'000'000));
    restart();
    result_of<RunOpened>(OpenModel{folder / "run"});
    EXPECT_EQ(sample(request).x0.values, first.x0.values);
    engine->post(ResumeTraining{folder / "run"});
    next<MetricsBatch>();
    engine->post(StopTraining{});
    next<TrainingEnded>();
    EXPECT_FALSE(std::filesystem::exists(ema_snapshot_path(folder / "run", 1'000'000)));
}

TEST_F(ReproducibleSamples, ARunWithoutSnapshotsSaysSo) {
    RunConfig config = test::small_run();
    config.training.ema_snapshots = 0;
    ASSERT_EQ(run(StartTraining{config, folder / "run"}).outcome, Outcome::done);
    EXPECT_FALSE(std::filesystem::exists(folder / "run" / run_file::ema_snapshots));
    EXPECT_THAT(result_of<RunOpened>(OpenModel{folder / "run"}).no_ema_lengths,
                testing::HasSubstr("no snapshots"));
    SampleRequest request = small_request();
    request.ema_length = 0.07;
    EXPECT_THAT(error_of(Sample{request}), test::is_error_about("The run", "no snapshots"));
}

}  // namespace
}  // namespace denoise
