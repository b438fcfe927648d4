// A run is never lost: full disks, damaged and foreign files in its folder, and steps that take very long.

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <limits>
#include <thread>

#include "engine/base/crash_note.h"
#include "engine/base/log.h"
#include "engine/runs/run_folder.h"
#include "engine/training/trainer.h"
#include "tests/scheduler/scheduler_fixture.h"
#include "tests/support/full_disk.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::FullDisk;
using test::SchedulerTest;
using test::small_run;
using testing::AllOf;
using testing::HasSubstr;

constexpr rlim_t less_than_a_checkpoint = 100'000;

class Saving : public SchedulerTest {
  protected:
    /// A paused run with one step that has not been saved. Returns the step of its last checkpoint.
    std::int64_t start_with_an_unsaved_step() {
        job = start_endless_run(3);
        engine->post(PauseTraining{});
        wait_for(EngineState::paused);
        engine->post(StepTraining{});
        next<MetricsBatch>();
        wait_for(EngineState::paused);
        return read_run(folder / "run").step;
    }
    JobId job = 0;
};

TEST_F(Saving, AFullDiskDoesNotDamageThePreviousCheckpoint) {
    const std::int64_t good = start_with_an_unsaved_step();
    {
        const FullDisk full(less_than_a_checkpoint);
        engine->post(SaveCheckpoint{});
        EXPECT_THAT(next<Problem>().error.remedy, HasSubstr("space"));
        engine->post(Cancel{job});  // would lose a step, so the run stays open
        next<Problem>();
    }
    EXPECT_EQ(read_run(folder / "run").step, good);
    for (const auto& entry : fs::directory_iterator(folder / "run" / "checkpoints"))
        EXPECT_EQ(entry.path().extension(), ".safetensors");
    engine->post(SaveCheckpoint{});  // with space again, nothing is lost
    EXPECT_EQ(next<CheckpointSaved>().step, good + 1);
    engine->post(StopTraining{});
    EXPECT_EQ(end_of(job).outcome, Outcome::cancelled);
}

TEST_F(Saving, IsTriedAgainWhenTheDiskIsFullAtTheEnd) {
    const std::int64_t good = start_with_an_unsaved_step();
    {
        const FullDisk full(less_than_a_checkpoint);
        engine->post(StopTraining{});
        std::this_thread::sleep_for(std::chrono::milliseconds(700));
    }
    EXPECT_EQ(end_of(job).outcome, Outcome::cancelled);
    EXPECT_TRUE(all<Problem>(job).empty());
    EXPECT_EQ(read_run(folder / "run").step, good + 1);
    EXPECT_EQ(read_run(folder / "run").state, RunState::stopped);
}

TEST_F(Saving, IsTriedAgainWhenTheEngineIsDestroyed) {
    const std::int64_t good = start_with_an_unsaved_step();
    std::thread other;
    {
        auto full = std::make_unique<FullDisk>(less_than_a_checkpoint);
        other = std::thread([&full] {
            std::this_thread::sleep_for(std::chrono::milliseconds(700));
            full.reset();
        });
        engine.reset();
        other.join();
    }
    EXPECT_EQ(read_run(folder / "run").step, good + 1);
    EXPECT_EQ(read_run(folder / "run").state, RunState::stopped);
}

TEST_F(Saving, LeavesANoteWhenTheEngineIsDestroyedAndTheDiskStaysFull) {
    start_log("tests", LogLevel::info, folder / "log");
    begin_crash_note("tests", "", folder / "notes");
    start_with_an_unsaved_step();
    {
        const FullDisk full(less_than_a_checkpoint);
        engine.reset();
    }
    const std::vector<CrashNote> notes = take_crash_notes(folder / "notes");
    ASSERT_EQ(notes.size(), 1u);
    EXPECT_THAT(notes[0].reason,
                AllOf(HasSubstr("could not be saved"), HasSubstr((folder / "run").string())));
    EXPECT_THAT(test::read_bytes(log_file()), HasSubstr("could not be saved"));
    end_crash_note();
    stop_log();
}

TEST_F(Saving, SaysOnceWhatIsNotSavedAtTheEndOfTheBudget) {
    RunConfig config = small_run();
    config.training.steps = 200;
    job = engine->post(StartTraining{config, folder / "run"});
    next<MetricsBatch>();
    engine->post(PauseTraining{});
    wait_for(EngineState::paused);
    const std::int64_t good = read_run(folder / "run").step;
    {
        const FullDisk full(less_than_a_checkpoint);
        engine->post(ContinueTraining{});
        const Error error = next<Problem>().error;
        EXPECT_THAT(error.why, AllOf(HasSubstr("steps " + std::to_string(good + 1) + " to 200 are only in"),
                                     HasSubstr("last checkpoint is of step " + std::to_string(good))));
        EXPECT_EQ(read_run_status(folder / "run"), RunStatus::stopped);
        engine.reset();
    }
    EXPECT_EQ(read_run(folder / "run").state, RunState::stopped);
    restart();
    EXPECT_EQ(run(ResumeTraining{folder / "run"}).outcome, Outcome::done);
    EXPECT_EQ(read_run(folder / "run").step, 200);
}

TEST_F(Saving, ARunThatCannotBeSavedAtItsStartLeavesNoFolder) {
    {
        const FullDisk full(less_than_a_checkpoint);
        EXPECT_THAT(error_of(StartTraining{small_run(), folder / "runs/run"}).remedy, HasSubstr("space"));
    }
    EXPECT_FALSE(fs::exists(folder / "runs"));
    EXPECT_EQ(run(StartTraining{small_run(), folder / "runs/run"}).outcome, Outcome::done);
}

TEST_F(Saving, FilesThatCannotBeContinuedFromDoNotDisplaceCheckpoints) {
    RunConfig config = small_run();
    config.training.keep_checkpoints = 2;
    config.training.save_every_steps = 5;
    ASSERT_EQ(run(StartTraining{config, folder / "run"}).outcome, Outcome::done);
    const fs::path checkpoints = folder / "run" / "checkpoints";
    RunConfig wider = config;
    wider.unet.base_width = 16;
    ASSERT_EQ(run(StartTraining{wider, folder / "wider"}).outcome, Outcome::done);
    Checkpoint broken = load_newest_checkpoint(folder / "run");
    broken.state.second_moment[0] = std::numeric_limits<float>::infinity();
    const Trainer trainer(broken.header.config, test::glyphs());
    for (const char* number : {"1000", "1001"}) {
        const auto planted = [&](const char* first) {
            return checkpoints / (std::string(first) + number + ".safetensors");
        };
        save_checkpoint(planted("0001"), broken, trainer.slices());
        save_weights(planted("0002"), load_newest_model(folder / "wider"));
        fs::copy(list_checkpoints(folder / "wider").front().path, planted("0003"));
    }
    restart();
    EXPECT_EQ(run(ResumeTraining{folder / "run", 60, 0}).outcome, Outcome::done);
    EXPECT_TRUE(fs::exists(checkpoints / "00000060.safetensors"));
    EXPECT_TRUE(fs::exists(checkpoints / "00000055.safetensors"));
    restart();
    seen.clear();
    EXPECT_EQ(run(ResumeTraining{folder / "run", 70, 0}).outcome, Outcome::done);
    EXPECT_EQ(all<RunOpened>(1).at(0).step, 60);
}

TEST_F(Saving, ARunWithSpecialFilesIsOpenedWithWarnings) {
    train("run");
    restart();
    seen.clear();
    for (const char* name : {"state.json", "metrics.jsonl", "changes.jsonl"}) {
        fs::remove(folder / "run" / name);
        ASSERT_EQ(::mkfifo((folder / "run" / name).c_str(), 0600), 0);
    }
    const JobId open = engine->post(OpenModel{folder / "run"});
    for (const char* name : {"metrics.jsonl", "changes.jsonl", "state.json"})
        EXPECT_THAT(next<Problem>().error.why, HasSubstr(name));
    EXPECT_EQ(end_of(open).outcome, Outcome::done);
    EXPECT_EQ(all<RunOpened>(open).at(0).step, 40);
    EXPECT_THAT(error_of(ResumeTraining{folder / "run", 60, 0}).why, HasSubstr("it is not an ordinary file"));
}

RunConfig run_of_long_steps() {
    RunConfig config = small_run();
    config.unet.base_width = 128;
    config.training.batch_size = 64;
    return config;
}

TEST_F(Saving, ALongStepIsStoppedWithinIt) {
    job = engine->post(StartTraining{run_of_long_steps(), folder / "run"});
    next<RunOpened>();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // a step takes seconds
    engine->post(Cancel{job});
    EXPECT_EQ(end_of(job).outcome, Outcome::cancelled);
    EXPECT_EQ(all<TrainingEnded>(job).at(0).step, 0);
    EXPECT_EQ(read_run(folder / "run").state, RunState::stopped);
}

/// As when the window stops everything.
TEST_F(Saving, ALongStepIsStoppedAlthoughOtherJobsAreCancelledAfterIt) {
    job = engine->post(StartTraining{run_of_long_steps(), folder / "run"});
    next<RunOpened>();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const JobId first = engine->post(Sample{}), second = engine->post(Sample{});
    for (const JobId each : {job, first, second}) engine->post(Cancel{each});
    for (const JobId each : {job, first, second}) EXPECT_EQ(end_of(each).outcome, Outcome::cancelled);
    EXPECT_EQ(all<TrainingEnded>(job).at(0).step, 0);
}

TEST_F(Saving, ACheckpointIsToldOfAlthoughItsMetricsCannotBeWritten) {
    fs::create_directories(folder / "run" / "metrics.jsonl");
    job = start_endless_run(3);
    engine->post(PauseTraining{});
    EXPECT_THAT(next<Problem>().error.why, HasSubstr("metrics.jsonl"));
    ASSERT_EQ(all<CheckpointSaved>(job).size(), 1u);
    const std::int64_t saved = all<CheckpointSaved>(job)[0].step;
    EXPECT_EQ(read_run(folder / "run").step, saved);
    fs::remove(folder / "run" / "metrics.jsonl");
    engine->post(StopTraining{});
    EXPECT_EQ(end_of(job).outcome, Outcome::cancelled);
    EXPECT_EQ(std::ssize(test::losses_of(folder / "run")), saved) << "none is lost";
}

}  // namespace
}  // namespace denoise
