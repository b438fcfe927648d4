// What the log tells of the commands and of what becomes of them.

#include "engine/session/logged_engine.h"

#include <gmock/gmock.h>

#include "engine/base/crash_note.h"
#include "engine/base/log.h"
#include "tests/scheduler/scheduler_fixture.h"
#include "tests/support/files.h"

namespace denoise {
namespace {

using test::small_run;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class LoggedEngineTest : public test::SchedulerTest {
  protected:
    LoggedEngineTest() {
        engine = with_log(std::move(engine));
        start_log("tests", LogLevel::debug, folder / "log");
        file_ = log_file();
    }
    ~LoggedEngineTest() override { stop_log(); }
    std::string text() const { return test::read_bytes(file_); }

  private:
    std::filesystem::path file_;
};

TEST_F(LoggedEngineTest, TellsCommandsResultsAndTimes) {
    train("run");
    run(Sample{{.sampler = "ddim", .count = 3, .steps = 2}});
    const std::string run = (folder / "run").string();
    EXPECT_THAT(text(),
                AllOf(HasSubstr("job 1: train on \"glyphs\" in \"" + run + "\""),
                      HasSubstr("job 1: run \"" + run + "\" at step 0"), HasSubstr("checkpoint \"" + run),
                      HasSubstr("job 1: training finished at step"), HasSubstr("job 1: done after "),
                      HasSubstr("job 2: sample 3 images with ddim, 2 steps"),
                      HasSubstr("job 2: 3 images sampled in "), HasSubstr("state: training")));
    engine.reset();
    EXPECT_THAT(text(), HasSubstr("the engine has ended"));
}

TEST_F(LoggedEngineTest, TellsErrorsWithTheirCause) {
    error_of(OpenModel{folder / "missing"});
    EXPECT_THAT(text(), AllOf(HasSubstr("  error    job 1: failed after "),
                              HasSubstr("missing: there is no such file")));
    EXPECT_THAT(text(), Not(HasSubstr("\n\n")));
}

TEST_F(LoggedEngineTest, TheCrashNoteKnowsTheRunInTraining) {
    begin_crash_note("tests", "", folder / "notes");
    start_endless_run(3);
    keep_crash_note("a test");
    const std::vector<CrashNote> notes = take_crash_notes(folder / "notes");
    ASSERT_EQ(notes.size(), 1u);
    EXPECT_EQ(notes[0].run, folder / "run");
    EXPECT_GE(notes[0].step, 3);
    end_crash_note();
}

}  // namespace
}  // namespace denoise
