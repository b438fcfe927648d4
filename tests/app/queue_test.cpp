#include <gmock/gmock.h>

#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "engine/runs/run_folder.h"
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
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// The program with a runs folder, and so a queue, of its own.
class Queue : public testing::Test {
  protected:
    TemporaryFolder folder_;
    std::string before_;

    void SetUp() override {
        if (const char* runs = std::getenv("DENOISE_LAB_RUNS")) before_ = runs;
        ::setenv("DENOISE_LAB_RUNS", folder_.path().c_str(), 1);
    }
    void TearDown() override { ::setenv("DENOISE_LAB_RUNS", before_.c_str(), 1); }

    static std::vector<std::string> adding(int steps, const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments = {"queue",    "add",  "--dataset", "glyphs",
                                              "--preset", "tiny", "--steps",   std::to_string(steps),
                                              "--batch",  "8"};
        for (const char* setting :
             {"base_width=8", "groups=4", "image_limit=200", "preview_seconds=0", "timesteps=50"}) {
            arguments.emplace_back("--set");
            arguments.emplace_back(setting);
        }
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }
    static json list() { return json::parse(cli({"queue", "list", "--json"}).out); }
    static std::vector<std::string> states() {
        std::vector<std::string> all;
        const json queue = list();
        for (const json& run : queue.at("runs")) all.push_back(run.at("state"));
        return all;
    }
    static std::vector<std::string> names() {
        std::vector<std::string> all;
        const json queue = list();
        for (const json& run : queue.at("runs")) all.push_back(run.at("name"));
        return all;
    }
};

TEST_F(Queue, SaysOfANewRunWhatToExpect) {
    const std::string added =
        cli({"queue", "add", "--dataset", "glyphs", "--preset", "quick", "--steps", "2000"}).out;
    EXPECT_THAT(added, HasSubstr("\nAfter 2,000 steps, you can expect clear samples, with some flaws."));
    EXPECT_THAT(cli(adding(3)).out, HasSubstr("\nSamples were not measured with these settings."));
}

TEST_F(Queue, TrainsItsRunsOneAfterTheOther) {
    EXPECT_THAT(cli({"queue", "list"}).out, HasSubstr("empty"));
    const ProgramResult added = cli(adding(3));
    EXPECT_EQ(added.exit_code, 0) << added.err;
    EXPECT_THAT(added.out, HasSubstr("Run 1, \"Glyphs, Tiny, 3 steps\", was added"));
    EXPECT_EQ(cli(adding(4, {"--name", "second"})).exit_code, 0);
    EXPECT_THAT(cli({"queue", "list"}).out, AllOf(HasSubstr("second"), HasSubstr("2 runs")));
    const ProgramResult result = cli({"queue", "run", "--threads", "1"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(states(), ElementsAre("done", "done"));
    std::vector<std::int64_t> steps;
    const json queue = list();
    for (const json& run : queue.at("runs"))
        steps.push_back(read_run(run.at("folder").get<std::string>()).step);
    EXPECT_THAT(steps, ElementsAre(3, 4));
    expect_error(cli({"queue", "run"}), "no run in it is waiting");
}

TEST_F(Queue, ChecksARunBeforeItIsAdded) {
    expect_error(cli({"queue", "add", "--dataset", (folder_ / "none").string()}), "none");
    expect_error(cli(adding(3, {"--set", "base_width=33"})), "33");
    expect_error(cli({"queue", "add", "--resume", (folder_ / "none").string()}), "run.json");
    EXPECT_THAT(names(), ElementsAre());
}

TEST_F(Queue, ChangesItsOrderBudgetsAndLength) {
    for (const char* name : {"a", "b", "c"}) ASSERT_EQ(cli(adding(3, {"--name", name})).exit_code, 0);
    EXPECT_EQ(cli({"queue", "move", "3", "1"}).exit_code, 0);
    EXPECT_THAT(names(), ElementsAre("c", "a", "b"));
    EXPECT_EQ(cli({"queue", "budget", "1", "--minutes", "2.5"}).exit_code, 0);
    EXPECT_EQ(list()["runs"][1]["minutes"], 2.5);
    EXPECT_EQ(cli({"queue", "remove", "2", "3"}).exit_code, 0);
    EXPECT_THAT(names(), ElementsAre("a"));
    expect_error(cli({"queue", "remove", "2"}), "no run with the id 2");
    expect_error(cli({"queue", "retry", "1"}), "neither failed nor been stopped");
}

TEST_F(Queue, GoesOnAfterARunThatFails) {
    fs::create_directory(folder_ / "pictures");
    for (int i = 0; i < 8; ++i)
        test::write_bytes(folder_ / ("pictures/" + std::to_string(i) + ".png"),
                          test::encoded(test::qt_image(test::pattern(16, 16, 3, i)), "PNG"));
    std::vector<std::string> vanishing = adding(3, {"--name", "vanishing"});
    vanishing[3] = (folder_ / "pictures").string();
    ASSERT_EQ(cli(vanishing).exit_code, 0);
    ASSERT_EQ(cli(adding(3, {"--name", "good"})).exit_code, 0);
    fs::remove_all(folder_ / "pictures");
    const ProgramResult result = cli({"queue", "run", "--threads", "1"});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("not all runs are done"));
    EXPECT_THAT(states(), ElementsAre("failed", "done"));
    EXPECT_THAT(list()["runs"][0]["message"].get<std::string>(), HasSubstr("pictures"));
    EXPECT_EQ(cli({"queue", "retry", "1"}).exit_code, 0);
    EXPECT_THAT(states(), ElementsAre("waiting", "done"));
}

TEST_F(Queue, ResumesTheRunThatAKillCutOff) {
    ASSERT_EQ(cli(adding(300, {"--name", "long", "--set", "save_every_steps=5"})).exit_code, 0);
    ASSERT_EQ(cli(adding(3, {"--name", "short"})).exit_code, 0);
    {
        RunningProgram program({"queue", "run", "--threads", "1"});
        ASSERT_TRUE(program.wait_until([&] {
            const std::string folder = list()["runs"][0]["folder"];
            return !folder.empty() && read_run(folder).step >= 10;
        }));
        expect_error(cli(adding(3)), "another window or command");
        EXPECT_THAT(cli({"queue", "list"}).err, HasSubstr("another window or command"));
        expect_error(cli({"queue", "run"}), "another window or command");
        program.send(SIGKILL);
        program.wait();
    }
    EXPECT_THAT(states(), ElementsAre("running", "waiting")) << "as the crash left it";
    const std::string folder = list()["runs"][0]["folder"];
    const std::string more = std::to_string(read_run(folder).step + 5);
    ASSERT_EQ(cli({"queue", "budget", "1", "--steps", more}).exit_code, 0) << "nobody has the lock";
    const ProgramResult result = cli({"queue", "run", "--threads", "1"});
    EXPECT_THAT(states(), ElementsAre("done", "done"));
    EXPECT_THAT(result.out, HasSubstr("Resuming at step")) << result.err;
    EXPECT_EQ(list()["runs"][0]["folder"], folder) << "not a new run";
}

TEST_F(Queue, CtrlCSavesTheRunInTraining) {
    ASSERT_EQ(cli(adding(100'000)).exit_code, 0);
    RunningProgram program({"queue", "run", "--threads", "1"});
    ASSERT_TRUE(program.wait_for_output(test::first_step));
    program.send(SIGINT);
    const ProgramResult result = program.wait();
    EXPECT_EQ(result.exit_code, 130) << result.err;
    EXPECT_THAT(result.out, HasSubstr("queue run"));
    EXPECT_THAT(states(), ElementsAre("waiting"));
    EXPECT_EQ(list().at("active"), true);
    const RunSummary run = read_run(list()["runs"][0]["folder"].get<std::string>());
    EXPECT_EQ(run.state, RunState::stopped);
    EXPECT_GT(run.step, 0);
}

TEST_F(Queue, TrainsAFinishedRunFurther) {
    ASSERT_EQ(cli(test::training((folder_ / "run").string(), 3)).exit_code, 0);
    ASSERT_EQ(cli({"queue", "add", "--resume", (folder_ / "run").string(), "--steps", "6"}).exit_code, 0);
    const ProgramResult result = cli({"queue", "run", "--threads", "1"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(read_run(folder_ / "run").step, 6);
    EXPECT_THAT(states(), ElementsAre("done"));
}

}  // namespace
}  // namespace denoise
