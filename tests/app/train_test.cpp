#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <thread>

#include "engine/runs/run_list.h"
#include "tests/app/trained_run.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::cli;
using test::expect_error;
using test::ProgramResult;
using test::RunningProgram;
using test::TemporaryFolder;
using test::TrainedRun;
using test::training;
using testing::HasSubstr;

TEST(Train, ReportsEachStepAsJson) {
    const TemporaryFolder folder;
    const ProgramResult outcome = cli(training((folder / "run").string(), 5, {"--json"}));
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    int steps = 0;
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);)
        steps += json::parse(line).at("event") == "step" ? 1 : 0;
    EXPECT_EQ(steps, 5);
}

TEST(Train, ReportsTheLossOfHeldOutImages) {
    const TemporaryFolder folder;
    const std::vector<std::string> held_out = {"--set", "held_out=0.1"};  // of 200 images
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.end(), held_out.begin(), held_out.end());
        return cli(training((folder / std::to_string(more.size())).string(), 67, more));
    };
    const ProgramResult as_json = with({"--json"});
    EXPECT_EQ(as_json.exit_code, 0) << as_json.err;
    int measured = 0;
    std::istringstream lines(as_json.out);
    for (std::string line; std::getline(lines, line);) {
        const json object = json::parse(line);
        if (object.at("event") == "run") {
            EXPECT_EQ(object.at("training_images"), 180);
            EXPECT_EQ(object.at("held_out_images"), 20);
        }
        if (!object.contains("held_out_loss")) continue;
        ++measured;
        EXPECT_EQ(object.at("step"), 67);
        EXPECT_GT(object.at("training_images_loss"), 0);
    }
    EXPECT_EQ(measured, 1);
    const std::string text = with({}).out;
    EXPECT_THAT(text, HasSubstr("On 180 images, without 20 that are held out\n"));
    EXPECT_THAT(text, HasSubstr("Loss of held-out images 0."));
    EXPECT_THAT(text, HasSubstr(", of training images with the same noise 0."));
}

TEST(Train, DescribesItsDataset) {
    const TemporaryFolder folder;
    EXPECT_THAT(cli(training((folder / "run").string(), 1)).out,
                HasSubstr("200 images of 28 x 28, grey, 16 classes\n"));
    for (int i = 0; i < 8; ++i)
        test::write_bytes(folder / ("set/" + std::to_string(i) + ".png"),
                          test::encoded(test::qt_image(test::pattern(16, 16, 3, i)), "PNG"));
    std::vector<std::string> arguments = training((folder / "second").string(), 1);
    arguments[2] = (folder / "set").string();
    EXPECT_THAT(cli(arguments).out, HasSubstr("8 images of 16 x 16, colour, without classes\n"));
}

TEST(Train, SaysBeforehandWhatToExpect) {
    const TemporaryFolder folder;
    const std::string run = (folder / "run").string();
    const auto forecasts = [](const ProgramResult& outcome) {
        std::vector<json> found;
        std::istringstream lines(outcome.out);
        for (std::string line; std::getline(lines, line);)
            if (json object = json::parse(line); object.at("event") == "forecast") found.push_back(object);
        return found;
    };
    const std::vector<json> told = forecasts(cli(training(run, 5, {"--json"})));
    ASSERT_EQ(told.size(), 1u);
    EXPECT_EQ(told.front().at("steps"), 5);
    const std::string expectation = told.front().at("expectation");
    EXPECT_THAT(expectation, HasSubstr("were not measured with these settings.\nOn MNIST, the preset Quick"));
    const std::string text = cli(training((folder / "second").string(), 5)).out;
    EXPECT_THAT(text, HasSubstr("\nSamples were not measured with these settings.\nOn MNIST"));
    EXPECT_LT(text.find("Samples were not"), text.find("Done: 5 steps"));
    EXPECT_TRUE(forecasts(cli({"train", "--resume", run, "--steps", "6", "--json"})).empty());
}

TEST_F(TrainedRun, OfAUsedUpBudgetGoesOnWithAnother) {
    const std::string copy = file("copy");
    fs::copy(run(), copy, fs::copy_options::recursive);
    const ProgramResult refused = cli({"train", "--resume", copy});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.err, HasSubstr("budget of 20 steps is used up"));
    EXPECT_EQ(cli({"train", "--resume", copy, "--steps", "24"}).exit_code, 0);
    EXPECT_EQ(read_run(copy).step, 24);
}

TEST(Train, ANotFiniteLossEndsWithAnErrorAndAGoodCheckpoint) {
    const TemporaryFolder folder;
    const std::string run = (folder / "run").string();
    expect_error(cli(training(run, 2000,
                              {"--set", "learning_rate=10", "--set", "weight_decay=1", "--set", "warmup=0"})),
                 "NaN");
    EXPECT_EQ(
        cli({"sample", run, "--count", "1", "--steps", "2", "--out", (folder / "a.png").string()}).exit_code,
        0);
}

TEST(Train, OfANetworkThatDoesNotFitIntoMemoryIsRefusedAtOnce) {
    const TemporaryFolder folder;
    const auto begin = std::chrono::steady_clock::now();
    const ProgramResult outcome = cli(
        training((folder / "run").string(), 5, {"--set", "base_width=1024", "--set", "multipliers=32,32"}));
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
    expect_error(outcome, "not enough memory");
    EXPECT_THAT(outcome.err, HasSubstr("base_width"));
    EXPECT_FALSE(fs::exists(folder / "run"));
}

std::vector<double> losses_of(const fs::path& run) {
    std::vector<double> losses;
    for (const StepMetrics& metrics : read_metrics(run, 1'000'000)) losses.push_back(metrics.loss);
    return losses;
}

/// DENOISE_LAB_KILLS sets how often.
TEST(Train, KilledAtRandomMomentsARunRepeatsOneThatNeverWas) {
    const char* wished = std::getenv("DENOISE_LAB_KILLS");
    const int kills = wished != nullptr ? std::atoi(wished) : 3;
    constexpr int save_interval = 15, steps = 300;
    const TemporaryFolder folder;
    const std::vector<std::string> saving = {"--set", "save_every_steps=15"};
    ASSERT_EQ(cli(training((folder / "whole").string(), steps, saving)).exit_code, 0);

    const fs::path run = folder / "killed";
    std::mt19937 random(std::random_device{}());
    auto program = std::make_unique<RunningProgram>(training(run.string(), steps, saving));
    int done = 0;
    while (done < kills) {
        ASSERT_TRUE(program->wait_until([&] { return fs::exists(run / "run.json"); }));
        std::this_thread::sleep_for(std::chrono::milliseconds(500 + random() % 600));
        if (read_run(run).state == RunState::finished) break;  // faster than it could be killed
        program->send(SIGKILL);
        ASSERT_TRUE(program->wait().killed);
        const RunSummary dead = read_run(run);
        ASSERT_EQ(dead.state, RunState::interrupted);
        const auto reached = losses_of(run).size();
        std::printf("killed after %zu steps, resumes at %lld\n", reached, static_cast<long long>(dead.step));
        EXPECT_LE(static_cast<std::int64_t>(reached) - dead.step, save_interval);
        ++done;
        program = std::make_unique<RunningProgram>(
            std::vector<std::string>{"train", "--resume", run.string(), "--threads", "1"});
    }
    EXPECT_EQ(program->wait().exit_code, 0);
    EXPECT_GT(done, 0);
    EXPECT_EQ(losses_of(run), losses_of(folder / "whole"));
}

}  // namespace
}  // namespace denoise
