// Surroundings that change or are not there: a home that cannot be written to, no fonts, a clock that jumps,
// a drive that vanishes and returns, two programs on one run.

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "engine/formats/image_file.h"
#include "engine/runs/run_list.h"
#include "tests/app/trained_run.h"
#include "tests/support/sanitizers.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::cli;
using test::ProgramResult;
using test::RunningProgram;
using test::TemporaryFolder;
using test::training;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

/// Runs a shell command. Its output and errors together are in `out`.
ProgramResult shell(const std::string& command) {
    const TemporaryFolder folder;
    const std::string out = folder / "out";
    const int status = std::system(("exec >'" + out + "' 2>&1; " + command).c_str());
    return {WEXITSTATUS(status), WIFSIGNALED(status), test::read_bytes(out), ""};
}

std::string command_line(const std::vector<std::string>& arguments) {
    std::string line = "'" DENOISE_LAB_CLI "'";
    for (const std::string& argument : arguments) line += " '" + argument + "'";
    return line;
}

/// Starts the window with these variables, and ends it after two seconds with SIGTERM.
std::string window(const std::string& variables) {
    return variables +
           " QT_QPA_PLATFORM=offscreen timeout --preserve-status --kill-after=60 3 '" DENOISE_LAB_WINDOW "'";
}

/// The variables of a home folder that cannot be written to, also by root: a file is in the way of each
/// folder.
std::string unwritable_home(const fs::path& folder) {
    const std::string home = folder / "home";
    for (const char* name : {".local", ".cache", ".config"}) test::write_bytes(fs::path(home) / name, "");
    return "env -u XDG_DATA_HOME -u XDG_CACHE_HOME -u XDG_STATE_HOME -u XDG_CONFIG_HOME -u DENOISE_LAB_RUNS "
           "-u DENOISE_LAB_DATASETS HOME='" +
           home + "'";
}

TEST(UnwritableHome, KeepsNoCommandFromWorkingThatNeedsNothingThere) {
    const TemporaryFolder folder;
    const std::string home = unwritable_home(folder.path()), run = folder / "run";
    for (const std::vector<std::string>& command :
         {training(run, 3),
          {"sample", run, "--count", "1", "--steps", "1", "--out", folder / "a.png"},
          {"info", run}}) {
        const ProgramResult result = shell(home + " " + command_line(command));
        EXPECT_EQ(result.exit_code, 0) << result.out;
        EXPECT_THAT(result.out, Not(AnyOf(HasSubstr("error"), HasSubstr("warning"))));
    }
}

TEST(UnwritableHome, IsNamedWhenARunWouldBeThere) {
    const TemporaryFolder folder;
    const ProgramResult result =
        shell(unwritable_home(folder.path()) + " " +
              command_line({"train", "--dataset", "glyphs", "--preset", "tiny", "--steps", "2"}));
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.out, AllOf(HasSubstr("error: "), HasSubstr("/.local"), HasSubstr("  do:  ")));
}

TEST(UnwritableHome, TheWindowStartsAndEnds) {
    const TemporaryFolder folder;
    const ProgramResult result = shell(window(unwritable_home(folder.path())));
    EXPECT_EQ(result.exit_code, 0) << result.out;
}

TEST(NoFonts, TheWindowStartsAndEnds) {
    const TemporaryFolder folder;
    test::write_bytes(folder / "fonts.conf", "<?xml version=\"1.0\"?><fontconfig><cachedir>" +
                                                 (folder / "cache").string() + "</cachedir></fontconfig>");
    const ProgramResult result =
        shell(window("env FONTCONFIG_FILE='" + (folder / "fonts.conf").string() +
                     "' QT_QPA_FONTDIR=/nonexistent HOME='" + folder.path().string() + "'"));
    EXPECT_EQ(result.exit_code, 0) << result.out;
}

TEST(Clock, ThatJumpsChangesNeitherLossesNorBudget) {
    const TemporaryFolder folder;
    const std::vector<std::string> steady = training(folder / "steady", 30),
                                   jumping = training(folder / "jumping", 30);
    ASSERT_EQ(cli(steady).exit_code, 0);
    const test::SanitizerOptions another_library_comes_first("verify_asan_link_order=0");
    const ProgramResult result = shell("LD_PRELOAD='" DENOISE_LAB_JUMPING_CLOCK "' " + command_line(jumping));
    ASSERT_EQ(result.exit_code, 0) << result.out;
    EXPECT_EQ(read_run(folder / "jumping").state, RunState::finished);
    const auto losses = [&](const char* name) {
        std::vector<double> all;
        for (const StepMetrics& step : read_metrics(folder / name, 1000)) {
            all.push_back(step.loss);
            EXPECT_GE(step.seconds, 0);
            EXPECT_LT(step.seconds, 3600);
        }
        return all;
    };
    EXPECT_EQ(losses("jumping"), losses("steady"));
    EXPECT_EQ(losses("steady").size(), 30u);
}

/// A run whose folder is on a drive that is taken away while it is trained.
TEST(VanishingDrive, TrainingGoesOnAndSavesWhenItReturns) {
    const TemporaryFolder folder;
    const std::string run = folder / "drive" / "run";
    RunningProgram program(
        training(run, 1'000'000, {"--set", "save_every_steps=5", "--set", "preview_seconds=0.2"}));
    ASSERT_TRUE(program.wait_for_output(test::first_step));
    fs::rename(folder / "drive", folder / "elsewhere");
    ASSERT_TRUE(program.wait_for_errors("warning: ")) << "it says so";
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    fs::rename(folder / "elsewhere", folder / "drive");
    program.send(SIGINT);
    const ProgramResult result = program.wait();
    EXPECT_EQ(result.exit_code, 130) << result.err;
    EXPECT_THAT(result.err, Not(HasSubstr("error: ")));
    const RunSummary saved = read_run(run);
    EXPECT_EQ(saved.state, RunState::stopped) << saved.problem;
    const std::vector<StepMetrics> metrics = read_metrics(run, 1'000'000);
    EXPECT_EQ(saved.step, metrics.back().step) << "no step is lost";
    for (std::size_t i = 0; i < metrics.size(); ++i)
        ASSERT_EQ(metrics[i].step, static_cast<std::int64_t>(i) + 1) << "no metrics are lost";
    EXPECT_EQ(cli({"train", "--resume", run, "--steps", std::to_string(saved.step + 1)}).exit_code, 0);
}

TEST(VanishingDrive, ThatStaysAwayIsAnErrorAndNothingIsWrittenInItsPlace) {
    const TemporaryFolder folder;
    const std::string run = folder / "drive" / "run";
    RunningProgram program(training(run, 1'000'000, {"--set", "save_every_steps=5"}));
    ASSERT_TRUE(program.wait_for_output(test::first_step));
    fs::rename(folder / "drive", folder / "elsewhere");
    program.send(SIGINT);
    const ProgramResult result = program.wait();
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, AllOf(HasSubstr("error: "), HasSubstr("only in memory")));
    EXPECT_FALSE(fs::exists(run)) << "a folder in the place of a mount point would hide the drive";
    EXPECT_EQ(cli({"train", "--resume", folder / "elsewhere" / "run", "--steps", "1"}).exit_code, 0);
}

TEST(TwoPrograms, OnOneRunTheSecondIsRefused) {
    const TemporaryFolder folder;
    const std::string run = folder / "run";
    RunningProgram program(training(run, 1'000'000));
    ASSERT_TRUE(program.wait_for_output(test::first_step));
    const ProgramResult second = cli({"train", "--resume", run, "--steps", "10"});
    test::expect_error(second, run);
    EXPECT_EQ(second.exit_code, 1);
    EXPECT_EQ(cli({"sample", run, "--count", "1", "--steps", "1", "--out", folder / "a.png"}).exit_code, 0)
        << "sampling is possible";
    program.send(SIGINT);
    EXPECT_EQ(program.wait().exit_code, 130);
    EXPECT_EQ(read_run(run).state, RunState::stopped);
}

}  // namespace
}  // namespace denoise
