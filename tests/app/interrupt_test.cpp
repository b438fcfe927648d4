// Ctrl+C at any moment of any command: exit status 130, and nothing half-written.

#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "engine/formats/image_file.h"
#include "engine/formats/npy_file.h"
#include "engine/runs/run_list.h"
#include "tests/app/trained_run.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::ProgramResult;
using test::RunningProgram;
using test::TemporaryFolder;
using test::training;
using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// A folder of pictures that takes seconds to read: one large picture under many names.
void make_slow_dataset(const fs::path& folder) {
    test::write_bytes(folder / "0.png", test::encoded(test::qt_image(test::pattern(1024, 1024, 3)), "PNG"));
    for (int i = 1; i < 2000; ++i)
        fs::create_hard_link(folder / "0.png", folder / (std::to_string(i) + ".png"));
}

/// Ended by itself after Ctrl+C, with neither an error nor a warning.
void expect_interrupted(const ProgramResult& result) {
    EXPECT_FALSE(result.killed);
    EXPECT_EQ(result.exit_code, 130);
    EXPECT_THAT(result.err, Not(AnyOf(HasSubstr("error: "), HasSubstr("warning: "))));
}

ProgramResult interrupt(RunningProgram& program) {
    program.send(SIGINT);
    return program.wait();
}

ProgramResult interrupt_after_output(const std::vector<std::string>& arguments, const std::string& output) {
    RunningProgram program(arguments);
    EXPECT_TRUE(program.wait_for_output(output)) << output;
    return interrupt(program);
}

/// The number of lines of `text` that contain `part`.
int lines_with(const std::string& text, const std::string& part) {
    std::istringstream lines(text);
    int count = 0;
    for (std::string line; std::getline(lines, line);) count += line.find(part) != std::string::npos ? 1 : 0;
    return count;
}

TEST(InterruptedTraining, WhileTheDatasetIsLoadingLeavesNoRun) {
    const TemporaryFolder folder;
    make_slow_dataset(folder / "pictures");
    const ProgramResult result = interrupt_after_output(
        {"train", "--dataset", folder / "pictures", "--preset", "tiny", "--out", folder / "run"},
        "reading images");
    expect_interrupted(result);
    EXPECT_THAT(folder.names(), ElementsAre("pictures"));
}

TEST(InterruptedTraining, IsSavedAndCanBeResumed) {
    const TemporaryFolder folder;
    const std::string run = folder / "run";
    const ProgramResult result = interrupt_after_output(training(run, 1'000'000), test::first_step);
    expect_interrupted(result);
    EXPECT_EQ(lines_with(result.out, "Stopped: "), 1);
    EXPECT_EQ(lines_with(result.out, "train --resume '" + run + "'"), 1);
    const RunSummary stopped = read_run(run);
    EXPECT_EQ(stopped.state, RunState::stopped);
    EXPECT_GT(stopped.step, 0);

    const std::string steps = std::to_string(stopped.step + 3);
    EXPECT_EQ(test::cli({"train", "--resume", run, "--steps", steps}).exit_code, 0);
    const std::vector<StepMetrics> metrics = read_metrics(run, 1'000'000);
    ASSERT_EQ(metrics.size(), static_cast<std::size_t>(stopped.step + 3));
    EXPECT_EQ(metrics.front().step, 1);
    EXPECT_EQ(metrics.back().step, stopped.step + 3);
}

TEST(InterruptedTraining, IsSavedAfterEverySignalThatAsksToEnd) {
    for (const int signal : {SIGTERM, SIGHUP}) {  // of kill, and of a terminal that is closed
        const TemporaryFolder folder;
        RunningProgram program(training(folder / "run", 1'000'000));
        ASSERT_TRUE(program.wait_for_output(test::first_step));
        program.send(signal);
        expect_interrupted(program.wait());
        const RunSummary run = read_run(folder / "run");
        EXPECT_EQ(run.state, RunState::stopped) << signal;
        EXPECT_GT(run.step, 0) << signal;
    }
}

TEST(InterruptedTraining, IsSavedAfterSeveralSignalsAtOnce) {
    const TemporaryFolder folder;
    RunningProgram program(training(folder / "run", 1'000'000));
    ASSERT_TRUE(program.wait_for_output(test::first_step));
    // As a terminal and an init system send them.
    for (const int signal : {SIGHUP, SIGTERM, SIGHUP, SIGTERM, SIGINT, SIGHUP}) program.send(signal);
    expect_interrupted(program.wait());
    const RunSummary run = read_run(folder / "run");
    EXPECT_EQ(run.state, RunState::stopped);
    EXPECT_EQ(run.step, read_metrics(folder / "run", 1'000'000).back().step) << "no step is lost";
}

TEST(InterruptedTraining, ALaterSecondSignalEndsTheProgramAtOnce) {
    const TemporaryFolder folder;
    RunningProgram program(training(folder / "run", 1'000'000));
    ASSERT_TRUE(program.wait_for_output(test::first_step));
    // The run cannot be saved, which is tried again for some seconds.
    fs::rename(folder / "run" / "checkpoints", folder / "aside");
    test::write_bytes(folder / "run" / "checkpoints", "in the way");
    program.send(SIGINT);
    ASSERT_TRUE(program.wait_until([&] { return !program.has_pending(SIGINT); }));
    program.send(SIGSTOP);  // so that it does not give up in the meantime on a busy machine
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    program.send(SIGHUP);
    program.send(SIGTERM);
    program.send(SIGCONT);  // handles them in the order of their numbers
    const ProgramResult result = program.wait();
    EXPECT_TRUE(result.killed);
    EXPECT_EQ(result.exit_code, 128 + SIGTERM);
}

TEST(InterruptedTraining, IsSavedWhenNobodyReadsItsOutputAnyMore) {
    const TemporaryFolder folder;
    std::string command = "'" DENOISE_LAB_CLI "'";
    for (const std::string& argument : training(folder / "run", 1'000'000, {"--json"}))
        command += " '" + argument + "'";
    const std::string out = (folder / "first").string();
    ASSERT_EQ(std::system((command + " 2>/dev/null | head -n 4 > '" + out + "'").c_str()), 0);
    EXPECT_THAT(test::read_bytes(out), HasSubstr("\"event\":\"run\""));
    EXPECT_EQ(read_run(folder / "run").state, RunState::stopped);
}

/// Commands that use a model of 1000 timesteps.
class Interrupted : public test::TrainedRun {
  protected:
    static void SetUpTestSuite() { train({"--set", "timesteps=1000"}); }

    static std::vector<std::string> sampling(const std::string& count, const std::string& out) {
        return {"sample", run(), "--sampler", "ddpm", "--count", count, "--out", file(out)};
    }

    void SetUp() override { before_ = names(); }
    /// No command has left a file, whole or in part.
    void TearDown() override { EXPECT_EQ(names(), before_); }

    /// Input files belong to what is there before.
    void remember_files() { before_ = names(); }

  private:
    std::vector<std::string> before_;
};

TEST_F(Interrupted, SampleEnds) {
    expect_interrupted(interrupt_after_output(sampling("64", "grid.png"), "denoising"));
}

TEST_F(Interrupted, SampleLeavesNoFolder) {
    expect_interrupted(interrupt_after_output(sampling("64", "folder/"), "denoising"));
}

TEST_F(Interrupted, SampleWithABranchEnds) {
    std::vector<std::string> arguments = sampling("64", "branches.png");
    arguments.insert(arguments.end(), {"--branch", "60", "900"});
    expect_interrupted(interrupt_after_output(arguments, "denoising"));
}

TEST_F(Interrupted, EvaluateEndsWhileTheDatasetIsLoading) {
    make_slow_dataset(file("pictures"));
    remember_files();
    expect_interrupted(
        interrupt_after_output({"evaluate", run(), "--dataset", file("pictures")}, "reading images"));
    fs::remove_all(file("pictures"));
    remember_files();
}

TEST_F(Interrupted, EvaluateEndsWhileItMeasures) {
    const ProgramResult result =
        interrupt_after_output({"evaluate", run(), "--dataset", "glyphs"}, "timestep by timestep");
    expect_interrupted(result);
    EXPECT_EQ(lines_with(result.out, "bits/dim over"), 0);
}

TEST_F(Interrupted, EncodeEnds) {
    write_picture(test::pattern(28, 28, 1), file("a.png"));
    remember_files();
    std::vector<std::string> arguments = {"encode", run(), "--steps", "1000", "--out", file("x_T.npy")};
    arguments.insert(arguments.end(), 32, file("a.png"));
    expect_interrupted(interrupt_after_output(arguments, "encoding"));
}

TEST_F(Interrupted, PredictEndsWithoutItsOutput) {
    constexpr int count = 4000;
    write_npy(file("x_t.npy"), {count, 1, 28, 28}, std::vector<float>(count * 28 * 28, 0.25f));
    remember_files();
    RunningProgram program(
        {"predict", run(), "--input", file("x_t.npy"), "--timestep", "500", "--out", file("eps.npy")});
    ASSERT_TRUE(program.wait_until_it_catches(SIGINT));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // the call of the network takes longer
    expect_interrupted(interrupt(program));
}

TEST_F(Interrupted, EveryCommandEndsAtItsStart) {
    write_picture(test::pattern(28, 28, 1), file("b.png"));
    write_npy(file("b.npy"), {2000, 1, 28, 28}, std::vector<float>(2000 * 28 * 28));
    remember_files();
    const std::vector<std::vector<std::string>> commands = {
        sampling("64", "out/"),
        {"evaluate", run(), "--dataset", "glyphs", "--json"},
        {"encode", run(), file("b.png"), "--steps", "1000", "--out", file("out.npy")},
        {"predict", run(), "--input", file("b.npy"), "--timestep", "0", "--out", file("out.npy")},
        {"train", "--resume", run(), "--steps", "1000000"},
    };
    for (const std::vector<std::string>& command : commands) {
        SCOPED_TRACE(command.front());
        RunningProgram program(command);
        ASSERT_TRUE(program.wait_until_it_catches(SIGINT));
        expect_interrupted(interrupt(program));
    }
}

TEST_F(Interrupted, WhatIsBeingWrittenIsFinished) {
    std::vector<std::string> arguments = sampling("600", "pictures/");
    arguments.insert(arguments.end(), {"--steps", "1"});
    RunningProgram program(arguments);
    ASSERT_TRUE(program.wait_until([] { return fs::exists(file("pictures/00000.png")); }));
    expect_interrupted(interrupt(program));
    EXPECT_EQ(std::distance(fs::directory_iterator(file("pictures")), fs::directory_iterator()), 600);
    EXPECT_TRUE(fs::exists(file("pictures/00599.png")));
    remember_files();
}

}  // namespace
}  // namespace denoise
