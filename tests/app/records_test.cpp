// The log and the note of a crash that the programs leave.

#include <gmock/gmock.h>
#include <signal.h>

#include <cstdlib>

#include "engine/base/crash_note.h"
#include "engine/base/log.h"
#include "tests/app/trained_run.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::cli;
using test::ProgramResult;
using test::read_bytes;
using test::RunningProgram;
using test::training;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// The programs keep their records in a folder of the test.
class Records : public testing::Test {
  protected:
    void SetUp() override {
        if (const char* before = std::getenv("XDG_STATE_HOME")) before_ = before;
        ::setenv("XDG_STATE_HOME", (folder_ / "state").c_str(), 1);
    }
    void TearDown() override {
        if (before_.empty())
            ::unsetenv("XDG_STATE_HOME");
        else
            ::setenv("XDG_STATE_HOME", before_.c_str(), 1);
    }
    std::string log_text() const { return read_bytes(folder_ / "state/denoise-lab/log/denoise-lab-cli.log"); }
    std::string run() const { return folder_ / "run"; }
    std::vector<CrashNote> notes() const { return take_crash_notes(crash_note_folder()); }

    test::TemporaryFolder folder_;
    std::string before_;
};

TEST_F(Records, TheLogTellsWhatWasDoneAndHowItEnded) {
    ASSERT_EQ(cli(training(run(), 3)).exit_code, 0);
    EXPECT_THAT(log_text(),
                AllOf(HasSubstr("Denoise Lab 0."), HasSubstr("LibTorch 2."), HasSubstr("processors"),
                      HasSubstr("command: train --dataset glyphs"),
                      HasSubstr(": train on \"glyphs\" in \"" + run()), HasSubstr("checkpoint \"" + run()),
                      HasSubstr("training finished at step 3"), HasSubstr("exit status 0 after ")));
    EXPECT_THAT(notes(), IsEmpty());

    EXPECT_EQ(cli({"info", folder_ / "missing"}).exit_code, 1);
    EXPECT_THAT(log_text(),
                AllOf(HasSubstr("  error    "), HasSubstr("missing"), HasSubstr("exit status 1")));
}

TEST_F(Records, ItsLevelIsThatOfTheOptionOrTheEnvironment) {
    EXPECT_EQ(cli({"info", "quick", "--log-level", "error"}).exit_code, 0);
    EXPECT_EQ(log_text(), "");
    EXPECT_EQ(cli({"info", folder_ / "missing", "--log-level", "error"}).exit_code, 1);
    EXPECT_THAT(log_text(), AllOf(HasSubstr("missing"), Not(HasSubstr("command:"))));
    ::setenv("DENOISE_LAB_LOG", "off", 1);
    EXPECT_EQ(cli({"info", "quick"}).exit_code, 0);
    EXPECT_THAT(log_text(), Not(HasSubstr("command:")));
    EXPECT_EQ(cli({"info", "quick", "--log-level", "info"}).exit_code, 0);
    EXPECT_THAT(log_text(), HasSubstr("command: info quick")) << "the option wins";
    ::unsetenv("DENOISE_LAB_LOG");
    const ProgramResult wrong = cli({"info", "quick", "--log-level", "loud"});
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_THAT(wrong.err, HasSubstr("debug"));
}

TEST_F(Records, ThatCannotBeWrittenDisturbNothing) {
    test::write_bytes(folder_ / "state", "in the way");
    const ProgramResult result = cli(training(run(), 2));
    EXPECT_EQ(result.exit_code, 0);
    EXPECT_EQ(result.err, "");
}

TEST_F(Records, ACrashLeavesANoteWithTheRun) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer has handlers of its own";
#endif
    RunningProgram program(training(run(), 1'000'000));
    ASSERT_TRUE(program.wait_for_output(test::first_step));
    ASSERT_TRUE(program.catches(SIGSEGV));
    program.send(SIGSEGV);
    const ProgramResult result = program.wait();
    EXPECT_TRUE(result.killed);
    EXPECT_EQ(result.exit_code, 128 + SIGSEGV);
    const std::vector<CrashNote> found = notes();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].program, "denoise-lab-cli");
    EXPECT_EQ(found[0].reason, "segmentation fault");
    EXPECT_EQ(found[0].run, run());
    EXPECT_GT(found[0].step, 0);
    EXPECT_THAT(found[0].text,
                AllOf(HasSubstr("log command: train"), HasSubstr("LibTorch"), HasSubstr("calls\n")));
    EXPECT_EQ(cli({"train", "--resume", run(), "--steps", "1"}).exit_code, 0) << "the run can be continued";
}

TEST_F(Records, TheWindowWritesThemToo) {
    const std::string line =
        "HOME='" + folder_.path().string() +
        "' QT_QPA_PLATFORM=offscreen timeout --preserve-status --kill-after=60 4 '" DENOISE_LAB_WINDOW
        "' >/dev/null 2>&1";
    EXPECT_EQ(std::system(line.c_str()), 0) << "SIGTERM ends it as the button does";
    const std::string text = read_bytes(folder_ / "state/denoise-lab/log/denoise-lab.log");
    EXPECT_THAT(text, AllOf(HasSubstr("Qt 6."), HasSubstr("job 1: load the dataset"),
                            HasSubstr("a signal ends the program"), HasSubstr("the program ends")));
    EXPECT_THAT(notes(), IsEmpty());
}

TEST_F(Records, AKilledTrainingLeavesANoteAndAStoppedOneDoesNot) {
    {
        RunningProgram program(training(run(), 1'000'000));
        ASSERT_TRUE(program.wait_for_output(test::first_step));
        program.send(SIGKILL);
        program.wait();
    }
    const std::vector<CrashNote> found = notes();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].reason, "");
    EXPECT_EQ(found[0].run, run());
    {
        RunningProgram program({"train", "--resume", run(), "--steps", "1000000"});
        ASSERT_TRUE(program.wait_for_output(test::first_step));
        EXPECT_THAT(notes(), IsEmpty()) << "it still runs";
        program.send(SIGTERM);
        EXPECT_EQ(program.wait().exit_code, 130);
    }
    EXPECT_THAT(notes(), IsEmpty());
}

}  // namespace
}  // namespace denoise
