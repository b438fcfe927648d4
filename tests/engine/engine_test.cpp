#include "engine/session/engine.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "engine/data/dataset.h"
#include "engine/session/runs.h"
#include "tests/engine/helpers.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::small_run;
using test::TemporaryFolder;
using testing::HasSubstr;
using namespace std::chrono_literals;

/// The real engine, driven through its door alone.
class EngineTest : public testing::Test {
  protected:
    TemporaryFolder folder;
    std::unique_ptr<Engine> engine = make_engine({.threads = 1});
    std::vector<Event> seen;

    /// Waits for the next event of type E for which `wanted` holds; keeps all events in `seen`.
    template <class E, class Wanted>
    E next(Wanted wanted) {
        const auto end = std::chrono::steady_clock::now() + 60s;
        while (std::chrono::steady_clock::now() < end) {
            while (!pending.empty()) {
                Event event = std::move(pending.front());
                pending.pop_front();
                seen.push_back(event);
                if (const E* found = std::get_if<E>(&event); found && wanted(*found)) return *found;
                if (!std::is_same_v<E, Failed>)
                    if (const auto* failed = std::get_if<Failed>(&event))
                        ADD_FAILURE() << one_line(failed->error);
            }
            for (Event& event : engine->wait_events(100ms)) pending.push_back(std::move(event));
        }
        ADD_FAILURE() << "the event did not come within a minute";
        return {};
    }
    template <class E>
    E next() {
        return next<E>([](const E&) { return true; });
    }
    void wait_for(EngineState state) {
        next<StateChanged>([state](const StateChanged& event) { return event.state == state; });
    }
    RunConfig endless() {
        RunConfig config = small_run();
        config.training.steps = 1'000'000;
        return config;
    }
    std::deque<Event> pending;
};

std::vector<double> losses_of(const fs::path& run) {
    std::vector<double> losses;
    for (const StepMetrics& metrics : read_metrics(run, 100000)) losses.push_back(metrics.loss);
    return losses;
}

TEST_F(EngineTest, LoadsADataset) {
    engine->post(LoadDataset{{.dataset = "glyphs", .image_limit = 100}});
    const auto ready = next<DatasetReady>();
    EXPECT_EQ(ready.count, 100);
    EXPECT_EQ(ready.width, 28);
    EXPECT_EQ(ready.thumbnails.count, 24);
    EXPECT_EQ(std::accumulate(ready.class_counts.begin(), ready.class_counts.end(), std::int64_t{0}), 100);
    wait_for(EngineState::idle);
}

TEST_F(EngineTest, AMissingDatasetIsNamedAndTheEngineGoesOn) {
    engine->post(LoadDataset{{.dataset = (folder / "nothing").string()}});
    EXPECT_THAT(next<Failed>().error.why, HasSubstr("nothing"));
    wait_for(EngineState::error);
    engine->post(LoadDataset{{.dataset = "glyphs", .image_limit = 64}});
    next<DatasetReady>();
    wait_for(EngineState::idle);
}

TEST_F(EngineTest, TrainsToTheEndOfItsBudget) {
    RunConfig config = small_run();
    config.training.steps = 30;
    config.training.save_every_steps = 10;
    config.training.preview_seconds = 0.05;
    engine->post(StartTraining{config, folder / "run"});
    EXPECT_TRUE(next<RunOpened>().trainable);
    const auto ended = next<TrainingEnded>();
    EXPECT_TRUE(ended.completed);
    EXPECT_EQ(ended.step, 30);
    const RunSummary run = read_run(folder / "run");
    EXPECT_EQ(run.state, RunState::finished);
    EXPECT_EQ(run.step, 30);
    EXPECT_EQ(run.checkpoints.size(), 4u);  // 0, 10, 20, 30
    EXPECT_EQ(losses_of(folder / "run").size(), 30u);
    EXPECT_FALSE(list_previews(folder / "run").empty());
}

TEST_F(EngineTest, SamplesAlikeAfterReopening) {
    RunConfig config = small_run();
    engine->post(StartTraining{config, folder / "run"});
    next<TrainingEnded>();
    const SampleRequest request{.count = 3, .steps = 5, .seed = 4};
    engine->post(Sample{request});
    const auto first = next<SampleEnded>();
    EXPECT_EQ(first.images.count, 3);
    engine = make_engine({.threads = 1});
    pending.clear();
    engine->post(OpenModel{folder / "run"});
    EXPECT_EQ(next<RunOpened>().step, 40);
    const auto by_timestep = next<TimestepLosses>().bins;
    EXPECT_EQ(by_timestep.size(), 20u);
    EXPECT_THAT(by_timestep, testing::Contains(testing::Gt(0)));
    engine->post(Sample{request});
    EXPECT_EQ(next<SampleEnded>().images, first.images);
}

TEST_F(EngineTest, AResumedRunRepeatsTheUninterruptedOne) {
    engine->post(StartTraining{small_run(), folder / "whole"});
    next<TrainingEnded>();
    // Stopped somewhere in the middle, sampled from meanwhile, resumed by another engine.
    engine->post(StartTraining{small_run(), folder / "parts"});
    next<MetricsBatch>([](const MetricsBatch& batch) { return batch.steps.back().step >= 7; });
    engine->post(Sample{{.count = 2, .steps = 3}});
    engine->post(StopTraining{});
    next<TrainingEnded>();
    engine = make_engine({.threads = 1});
    pending.clear();
    engine->post(ResumeTraining{folder / "parts"});
    next<TrainingEnded>();
    EXPECT_EQ(losses_of(folder / "parts"), losses_of(folder / "whole"));
}

ImageBatch image_of(const ImageBatch& images, std::int64_t k) {
    return images_at(images, {k});
}

/// In grey levels. The same image out of another batch may round the other way.
int largest_difference(const ImageBatch& a, const ImageBatch& b) {
    int largest = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i)
        largest = std::max(largest, std::abs(int{a.pixels[i]} - int{b.pixels.at(i)}));
    return largest;
}

TEST_F(EngineTest, BranchesShareTheirPastAndDifferAfterIt) {
    engine->post(StartTraining{small_run(), folder / "run"});
    next<TrainingEnded>();
    const auto frames_of = [&](const SampleRequest& request) {
        engine->post(Sample{request});
        std::vector<ImageBatch> frames;
        for (int i = 0; i < request.steps; ++i) frames.push_back(next<SampleFrame>().x_t);
        frames.push_back(next<SampleEnded>().images);
        return frames;
    };
    for (const SamplerKind sampler : {SamplerKind::ddim, SamplerKind::dpmpp_2m_sde}) {
        SampleRequest request{.sampler = sampler, .count = 4, .steps = 8, .seed = 4};
        const auto whole = frames_of(request);
        request.branches = {{.image = 2, .step = 5, .seed = 9}};
        request.count = 3;
        const auto futures = frames_of(request);
        for (int i = 0; i <= 5; ++i)
            for (int k = 0; k < 3; ++k)
                EXPECT_LE(largest_difference(image_of(futures[i], k), image_of(whole[i], 2)), 1)
                    << "step " << i;
        for (int k = 0; k < 3; ++k)
            EXPECT_GT(largest_difference(image_of(futures[6], k), image_of(futures[6], (k + 1) % 3)), 20);

        // A branch of a branch: of its second future, one step later.
        request.branches.push_back({.image = 1, .step = 6, .seed = 10});
        const auto later = frames_of(request);
        for (int i = 0; i <= 6; ++i)
            EXPECT_EQ(image_of(later[i], 2), image_of(futures[i], 1)) << "step " << i;
        EXPECT_NE(image_of(later[7], 0), image_of(later[7], 1));
    }
    engine->post(Sample{{.steps = 8, .branches = {{.image = 0, .step = 8}}}});
    EXPECT_THAT(next<Failed>().error.why, HasSubstr("steps are 0 to 7"));
}

TEST_F(EngineTest, ImagesBetweenTwoSeedsBeginAndEndWithTheirs) {
    engine->post(StartTraining{small_run(), folder / "run"});
    next<TrainingEnded>();
    const auto images_of = [&](const SampleRequest& request) {
        engine->post(Sample{request});
        return next<SampleEnded>().images;
    };
    const ImageBatch between = images_of({.count = 5, .steps = 6, .seed = 1, .to_seed = 2});
    EXPECT_EQ(between.count, 5);
    EXPECT_LE(largest_difference(image_of(between, 0), images_of({.count = 1, .steps = 6, .seed = 1})), 1);
    EXPECT_LE(largest_difference(image_of(between, 4), images_of({.count = 1, .steps = 6, .seed = 2})), 1);
    EXPECT_GT(largest_difference(image_of(between, 2), image_of(between, 3)), 1);
}

TEST_F(EngineTest, SamplesWhileItTrains) {
    engine->post(StartTraining{endless(), folder / "run"});
    next<MetricsBatch>();
    seen.clear();
    engine->post(Sample{{.count = 2, .steps = 20}});
    const auto start = next<SampleStarted>();
    EXPECT_EQ(start.timesteps.size(), 20u);
    std::vector<int> frames;
    std::int64_t steps_between = 0;
    for (int i = 0; i < 20; ++i) frames.push_back(next<SampleFrame>().index);
    for (const Event& event : seen)
        if (const auto* batch = std::get_if<MetricsBatch>(&event))
            steps_between += static_cast<std::int64_t>(batch->steps.size());
    next<SampleEnded>();
    EXPECT_GT(steps_between, 5);  // training went on between the denoising steps
    for (int i = 0; i < 20; ++i) EXPECT_EQ(frames[static_cast<std::size_t>(i)], i);
    engine->post(StopTraining{});
    next<TrainingEnded>();
}

TEST_F(EngineTest, PausesContinuesAndDoesSingleSteps) {
    engine->post(StartTraining{endless(), folder / "run"});
    next<MetricsBatch>();
    engine->post(PauseTraining{});
    wait_for(EngineState::paused);
    const std::int64_t at = read_run(folder / "run").step;  // pausing saves
    EXPECT_GT(at, 0);
    engine->post(StepTraining{});
    EXPECT_EQ(next<MetricsBatch>([at](const MetricsBatch& batch) { return batch.steps.back().step > at; })
                  .steps.back()
                  .step,
              at + 1);
    wait_for(EngineState::paused);
    engine->post(ContinueTraining{});
    next<MetricsBatch>([at](const MetricsBatch& batch) { return batch.steps.back().step > at + 3; });
    engine->post(StopTraining{});
    EXPECT_FALSE(next<TrainingEnded>().completed);
    wait_for(EngineState::idle);
}

TEST_F(EngineTest, SavesARunThatTrainsWhenItIsDestroyed) {
    engine->post(StartTraining{endless(), folder / "run"});
    next<MetricsBatch>([](const MetricsBatch& batch) { return batch.steps.back().step >= 5; });
    engine.reset();
    const RunSummary run = read_run(folder / "run");
    EXPECT_EQ(run.state, RunState::stopped);
    EXPECT_GE(run.step, 5);
}

TEST_F(EngineTest, SamplingStopsAtOnce) {
    engine->post(StartTraining{small_run(), folder / "run"});
    next<TrainingEnded>();
    engine->post(Sample{{.sampler = SamplerKind::ddpm, .count = 16, .steps = 0}});
    next<SampleFrame>();
    engine->post(CancelSampling{});
    EXPECT_TRUE(next<SampleEnded>().cancelled);
    wait_for(EngineState::idle);
}

TEST_F(EngineTest, ADivergedLossPausesAndGoesBackToTheLastGoodCheckpoint) {
    RunConfig config = endless();
    config.training.learning_rate = 10;  // with this weight decay each step multiplies the weights by -9
    config.training.weight_decay = 1;
    config.training.warmup = 0;
    engine->post(StartTraining{config, folder / "run"});
    next<RunOpened>();
    const Error error = next<Failed>().error;
    EXPECT_THAT(error.what, HasSubstr("paused"));
    EXPECT_THAT(error.why, HasSubstr("NaN"));
    wait_for(EngineState::diverged);
    const std::int64_t good = read_run(folder / "run").step;
    engine->post(ContinueTraining{});
    EXPECT_EQ(next<RunOpened>().step, good);
    EXPECT_DOUBLE_EQ(read_run(folder / "run").config.training.learning_rate, 5);
    engine->post(StopTraining{});
}

TEST_F(EngineTest, AFullDiskLeavesThePreviousCheckpointGood) {
    RunConfig config = endless();
    engine->post(StartTraining{config, folder / "run"});
    next<MetricsBatch>([](const MetricsBatch& batch) { return batch.steps.back().step >= 3; });
    engine->post(PauseTraining{});
    wait_for(EngineState::paused);
    const std::int64_t good = read_run(folder / "run").step;
    engine->post(StepTraining{});
    next<MetricsBatch>();
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{100'000, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    engine->post(SaveCheckpoint{});
    const Error error = next<Failed>().error;
    engine->post(StopTraining{});  // would lose a step: the run stays open instead
    next<Failed>();
    ::setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_THAT(error.remedy, HasSubstr("space"));
    EXPECT_EQ(read_run(folder / "run").step, good);
    for (const auto& entry : fs::directory_iterator(folder / "run" / "checkpoints"))
        EXPECT_EQ(entry.path().extension(), ".safetensors");
    engine->post(SaveCheckpoint{});  // with space again, nothing is lost
    EXPECT_EQ(next<CheckpointSaved>().step, good + 1);
    engine->post(StopTraining{});
    next<TrainingEnded>();
}

TEST_F(EngineTest, ABadConfigLeavesNoFolder) {
    RunConfig config = small_run();
    config.unet.groups = 5;
    engine->post(StartTraining{config, folder / "run"});
    EXPECT_THAT(next<Failed>().error.why, HasSubstr("groups = 5 does not divide"));
    EXPECT_FALSE(fs::exists(folder / "run"));
}

TEST_F(EngineTest, EvaluatesInBitsPerDim) {
    engine->post(StartTraining{small_run(), folder / "run"});
    next<TrainingEnded>();
    engine->post(Evaluate{small_run().dataset, 4});
    const auto result = next<EvaluationEnded>();
    EXPECT_EQ(result.terms.size(), 100u);
    EXPECT_GT(result.total_bits_per_dim, 0.1);
    EXPECT_LT(result.total_bits_per_dim, 12);
    EXPECT_NEAR(std::accumulate(result.terms.begin(), result.terms.end(), result.prior_bits_per_dim),
                result.total_bits_per_dim, 1e-9);
}

TEST_F(EngineTest, EvaluatesSamplesInTheFeaturesOfAClassifier) {
    qputenv("XDG_CACHE_HOME", (folder / "cache").c_str());
    engine->post(StartTraining{small_run(), folder / "run"});
    next<TrainingEnded>();
    Evaluate command{.dataset = {.dataset = "glyphs", .image_limit = 160}, .count = 30};
    command.samples.steps = 3;

    command.metric = Metric::frechet;
    engine->post(command);
    const auto frechet = next<EvaluationEnded>();
    EXPECT_EQ(frechet.images, 30);
    EXPECT_EQ(frechet.reference_images, 160);
    EXPECT_THAT(frechet.feature_space, HasSubstr("classifier of"));
    EXPECT_THAT(frechet.caution, HasSubstr("biased upwards"));  // fewer images than features
    EXPECT_GT(frechet.frechet_floor, 0);
    EXPECT_GT(frechet.frechet_distance, 2 * frechet.frechet_floor);  // forty steps teach nothing yet

    command.metric = Metric::precision_recall;
    engine->post(command);
    const auto precision_recall = next<EvaluationEnded>();
    EXPECT_EQ(precision_recall.reference_images, 30);
    EXPECT_GE(precision_recall.precision, 0);
    EXPECT_LT(precision_recall.recall, 0.5);

    command.metric = Metric::nearest;
    command.count = 3;
    engine->post(command);
    const auto nearest = next<EvaluationEnded>();
    ASSERT_EQ(nearest.nearest.size(), 3u);
    EXPECT_EQ(nearest.samples.count, 3);
    EXPECT_EQ(nearest.neighbours.count, 3);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_LT(nearest.nearest[i], 160);
        EXPECT_GT(nearest.nearest_distance[i], 0);
    }
    qunsetenv("XDG_CACHE_HOME");
}

}  // namespace
}  // namespace denoise
