// Several processes, started by mpirun, that train and sample together.

#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "engine/runs/run_folder.h"
#include "engine/runs/run_list.h"
#include "tests/app/trained_run.h"
#include "tests/support/sanitizers.h"
#include "tests/support/variable.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::cli;
using test::ProgramResult;
using test::RunningProgram;
using test::TemporaryFolder;
using test::training;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

/// A part of the output after the first step. mpirun has a terminal of 80 columns for it, where the rest is
/// cut off.
constexpr const char* first_loss = "  loss ";

#ifdef DENOISE_LAB_MPIEXEC
constexpr const char* launcher = DENOISE_LAB_MPIEXEC;
#else
constexpr const char* launcher = "";
#endif

class ProcessGroup : public testing::Test {
  protected:
    void SetUp() override {
        if (*launcher == '\0') GTEST_SKIP() << "the programs have been built without MPI";
    }

    /// The arguments of mpirun for `size` processes of the program, however many processors there are.
    static std::vector<std::string> launched(int size, const std::vector<std::string>& arguments) {
        std::vector<std::string> all = {
            "--oversubscribe",    "--allow-run-as-root", "--bind-to", "none", "-n",
            std::to_string(size), DENOISE_LAB_CLI};
        all.insert(all.end(), arguments.begin(), arguments.end());
        return all;
    }
    static ProgramResult run_group(int size, const std::vector<std::string>& arguments) {
        return RunningProgram(launcher, launched(size, arguments)).wait();
    }

    std::string file(const std::string& name) const { return folder_ / name; }

    TemporaryFolder folder_;
    test::SanitizerOptions without_leaks_of_mpi_{"detect_leaks=0"};  // its plugins leave memory behind
};

std::vector<std::string> with_batch(std::vector<std::string> arguments, int batch) {
    arguments.insert(arguments.end(), {"--set", "batch_size=" + std::to_string(batch)});
    return arguments;
}

std::vector<double> losses_of(const fs::path& run) {
    std::vector<double> losses;
    for (const StepMetrics& step : read_metrics(run, 1'000'000)) losses.push_back(step.loss);
    return losses;
}

void expect_close(const std::vector<double>& a, const std::vector<double>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-5) << "at " << i;
}

/// The processes that `parent` has started.
std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> children;
    for (const auto& task : fs::directory_iterator("/proc/" + std::to_string(parent) + "/task")) {
        std::ifstream list(task.path() / "children");
        for (pid_t child = 0; list >> child;) children.push_back(child);
    }
    std::ranges::sort(children);
    return children;
}

bool is_running(pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/stat");
    std::string id, name, state;
    return status >> id >> name >> state && state != "Z";
}

/// Whether none of the processes is left after a few seconds.
bool all_end(const std::vector<pid_t>& processes) {
    for (int i = 0; i < 2000; ++i) {
        if (std::ranges::none_of(processes, is_running)) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

int count_of(const std::string& text, const std::string& part) {
    int count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

/// Nothing of the run is lost but what its last checkpoint does not have.
void expect_good(const std::string& run) {
    EXPECT_GE(read_run(run).step, 0);
    const std::string steps = std::to_string(read_run(run).step + 2);
    const ProgramResult resumed = cli({"train", "--resume", run, "--steps", steps});
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_EQ(read_run(run).state, RunState::finished);
}

TEST_F(ProcessGroup, HasTheLossesOfOneProcessWithAllImages) {
    const std::vector<std::string> more = {"--set", "held_out=0.2", "--set", "flip=yes"};
    ASSERT_EQ(cli(with_batch(training(file("one"), 24, more), 16)).exit_code, 0);
    const ProgramResult result = run_group(2, training(file("two"), 24, more));
    ASSERT_EQ(result.exit_code, 0) << result.err;
    expect_close(losses_of(file("two")), losses_of(file("one")));
    EXPECT_THAT(result.out, HasSubstr("By 2 processes, with 16 images in each step"));
    EXPECT_EQ(count_of(result.out, "Done: 24 steps"), 1) << "only process 0 prints";
    EXPECT_EQ(read_run_header(file("two")).processes, 2);
    EXPECT_EQ(read_run_header(file("one")).processes, 1);
    EXPECT_THAT(cli({"info", file("two")}).out, HasSubstr("24 training steps, by 2 processes"));
    EXPECT_EQ(nlohmann::json::parse(cli({"info", file("two"), "--json"}).out).at("processes"), 2);
}

/// With dropout, which other computations with the same images need not have.
TEST_F(ProcessGroup, HasExactlyTheLossesOfOneProcessWithParts) {
    const std::vector<std::string> more = {"--set", "held_out=0.2", "--set", "dropout=0.1"};
    std::vector<std::string> in_parts = with_batch(training(file("one"), 24, more), 16);
    in_parts.insert(in_parts.end(), {"--batch-parts", "2"});
    ASSERT_EQ(cli(in_parts).exit_code, 0);
    ASSERT_EQ(run_group(2, training(file("two"), 24, more)).exit_code, 0);
    EXPECT_EQ(losses_of(file("two")), losses_of(file("one")));
}

TEST_F(ProcessGroup, OfAnotherSizeGoesOnWithTheSameStepsInParts) {
    const std::vector<std::string> more = {"--set", "warmup=0", "--set", "anneal=no"};
    ASSERT_EQ(run_group(2, training(file("whole"), 12, more)).exit_code, 0);
    ASSERT_EQ(run_group(2, training(file("run"), 6, more)).exit_code, 0);
    const ProgramResult alone = cli({"train", "--resume", file("run"), "--steps", "12", "--batch", "16",
                                     "--batch-parts", "2", "--threads", "1"});
    ASSERT_EQ(alone.exit_code, 0) << alone.err;
    EXPECT_THAT(alone.out, HasSubstr("a step has 16 images, as before"));
    EXPECT_EQ(losses_of(file("run")), losses_of(file("whole")));
    EXPECT_EQ(read_run(file("run")).config.training.batch_parts, 2);
}

TEST_F(ProcessGroup, OfAnotherSizeResumesARun) {
    ASSERT_EQ(run_group(2, training(file("run"), 6)).exit_code, 0);
    const ProgramResult alone = cli({"train", "--resume", file("run"), "--steps", "9"});
    EXPECT_EQ(alone.exit_code, 0) << alone.err;
    EXPECT_THAT(alone.out, HasSubstr("trained by 2 processes, and is now trained by one process"));
    EXPECT_THAT(alone.out, HasSubstr("a step has 8 images instead of 16"));
    EXPECT_THAT(alone.out, HasSubstr("--batch 16 --batch-parts 2"));
    EXPECT_EQ(read_run_header(file("run")).processes, 1);
    const ProgramResult three = run_group(3, {"train", "--resume", file("run"), "--steps", "12"});
    EXPECT_EQ(three.exit_code, 0) << three.err;
    EXPECT_THAT(three.out, HasSubstr("Resuming at step 9"));
    EXPECT_EQ(read_run_header(file("run")).processes, 3);
    EXPECT_THAT(losses_of(file("run")), SizeIs(12));
}

TEST_F(ProcessGroup, ResumesWithTheLossesOfAnUndisturbedRun) {
    ASSERT_EQ(run_group(2, training(file("whole"), 12)).exit_code, 0);
    ASSERT_EQ(run_group(2, training(file("parts"), 5)).exit_code, 0);
    ASSERT_EQ(run_group(2, {"train", "--resume", file("parts"), "--steps", "12"}).exit_code, 0);
    // The learning rate depends on the budget.
    const auto whole = losses_of(file("whole")), parts = losses_of(file("parts"));
    ASSERT_EQ(whole.size(), parts.size());
    EXPECT_NEAR(whole[0], parts[0], 1e-6);
    expect_good(file("parts"));
}

/// mpirun gives its processes a terminal, also when its own output goes into the log of a cluster.
TEST_F(ProcessGroup, WritesItsProgressInLinesToADumbTerminal) {
    const auto bars = [&](const std::string& terminal, const std::string& run) {
        const test::Variable variable("TERM", terminal);
        const ProgramResult result = run_group(2, training(file(run), 5));
        EXPECT_EQ(result.exit_code, 0) << result.err;
        return count_of(result.out, "....");
    };
    EXPECT_GT(bars("xterm", "bars"), 0);
    EXPECT_EQ(bars("dumb", "lines"), 0);
}

TEST_F(ProcessGroup, IsSavedWhenItIsInterrupted) {
    for (const int signal : {SIGINT, SIGTERM}) {
        const std::string run = file("run" + std::to_string(signal));
        RunningProgram program(launcher, launched(2, training(run, 1'000'000)));
        ASSERT_TRUE(program.wait_for_output(first_loss));
        const std::vector<pid_t> processes = children_of(program.process());
        program.send(signal);
        const ProgramResult result = program.wait();
        EXPECT_NE(result.exit_code, 0);
        EXPECT_THAT(result.err, Not(HasSubstr("error: ")));
        EXPECT_TRUE(all_end(processes));
        EXPECT_EQ(read_run(run).step, read_metrics(run, 1'000'000).back().step);
        expect_good(run);
    }
}

TEST_F(ProcessGroup, EndsWithAMessageWhenAProcessIsKilled) {
    for (const std::size_t killed : {0u, 1u}) {
        const std::string run = file("run" + std::to_string(killed));
        RunningProgram program(launcher,
                               launched(2, training(run, 1'000'000, {"--set", "save_every_steps=20"})));
        ASSERT_TRUE(program.wait_for_output(first_loss));
        const std::vector<pid_t> processes = children_of(program.process());
        ASSERT_THAT(processes, SizeIs(2));
        ::kill(processes[killed], SIGKILL);
        const ProgramResult result = program.wait();
        EXPECT_NE(result.exit_code, 0);
        EXPECT_THAT(result.out + result.err, HasSubstr("exited on signal 9 (Killed)"));
        EXPECT_TRUE(all_end(processes));
        expect_good(run);
    }
}

TEST_F(ProcessGroup, IsSavedAndEndsWhenTheLauncherIsKilled) {
    RunningProgram program(launcher, launched(2, training(file("run"), 1'000'000)));
    ASSERT_TRUE(program.wait_for_output(first_loss));
    const std::vector<pid_t> processes = children_of(program.process());
    ASSERT_THAT(processes, SizeIs(2));
    program.send(SIGKILL);
    EXPECT_TRUE(all_end(processes));
    expect_good(file("run"));
}

TEST_F(ProcessGroup, GoesOnWhenACheckpointCannotBeWritten) {
    RunningProgram program(launcher,
                           launched(2, training(file("run"), 1'000'000, {"--set", "save_every_steps=5"})));
    ASSERT_TRUE(program.wait_for_output(first_loss));
    const fs::path checkpoints = folder_ / "run" / "checkpoints";
    fs::rename(checkpoints, folder_ / "aside");
    test::write_bytes(checkpoints, "in the way");
    ASSERT_TRUE(program.wait_for_errors("  do:  "));
    fs::remove(checkpoints);
    fs::rename(folder_ / "aside", checkpoints);
    program.send(SIGINT);
    const ProgramResult result = program.wait();
    EXPECT_THAT(result.err, HasSubstr("warning: "));
    EXPECT_THAT(result.err, Not(HasSubstr("error: ")));
    EXPECT_EQ(read_run(file("run")).step, read_metrics(file("run"), 1'000'000).back().step);
}

TEST_F(ProcessGroup, ReportsAnErrorOnce) {
    const ProgramResult missing = run_group(2, {"train", "--dataset", file("nowhere"), "--out", file("run")});
    EXPECT_EQ(missing.exit_code, 1);
    EXPECT_EQ(count_of(missing.err, "error: "), 1) << missing.err;
    const ProgramResult unknown = run_group(2, {"sample", file("nowhere"), "--out", file("grid.png")});
    EXPECT_EQ(unknown.exit_code, 1);
    EXPECT_EQ(count_of(unknown.err, "error: "), 1) << unknown.err;
}

TEST_F(ProcessGroup, RefusesACardThatIsNotThere) {
    const ProgramResult result = run_group(2, training(file("run"), 2, {"--device", "cuda:7"}));
    if (result.exit_code == 0) GTEST_SKIP() << "this computer has eight cards";
    EXPECT_THAT(result.err, HasSubstr("cuda:7"));
    EXPECT_EQ(count_of(result.err, "error: "), 1) << result.err;
    EXPECT_FALSE(fs::exists(file("run")));
}

TEST_F(ProcessGroup, IsRefusedByOtherCommands) {
    const ProgramResult result = run_group(2, {"datasets"});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("only `train` and `sample` can share their work"));
    EXPECT_EQ(count_of(result.err, "error: "), 1);
    EXPECT_EQ(run_group(1, {"datasets"}).exit_code, 0) << "one process may do anything";
}

TEST_F(ProcessGroup, SamplesTheImagesOfOneProcess) {
    ASSERT_EQ(cli(training(file("run"), 20)).exit_code, 0);
    const auto sample = [&](const std::string& out) {
        return std::vector<std::string>{"sample", file("run"), "--count", "150", "--steps",   "5",
                                        "--out",  file(out),   "--seed",  "3",   "--threads", "1"};
    };
    for (const std::string ending : {"npy", "npz", "png"}) {
        ASSERT_EQ(cli(sample("one." + ending)).exit_code, 0);
        for (const int size : {2, 3}) {
            const std::string name = std::to_string(size) + "." + ending;
            const ProgramResult result = run_group(size, sample(name));
            ASSERT_EQ(result.exit_code, 0) << result.err;
            EXPECT_EQ(count_of(result.out, "150 images in "), 1) << result.out;
            EXPECT_TRUE(test::read_bytes(file(name)) == test::read_bytes(file("one." + ending))) << name;
        }
    }
}

TEST_F(ProcessGroup, DoesNotShareWhatIsDrawnAtOnce) {
    ASSERT_EQ(cli(training(file("run"), 2)).exit_code, 0);
    const ProgramResult result = run_group(2, {"sample", file("run"), "--out", file("film.gif")});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("Cannot share this sample"));
    EXPECT_FALSE(fs::exists(file("film.gif")));
}

}  // namespace
}  // namespace denoise
