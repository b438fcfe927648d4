// Files of a drive that does not answer. A lease of the system holds up every open() of a file in the same
// way.

#include <optional>
#include <thread>

#include "engine/runs/run_folder.h"
#include "tests/scheduler/scheduler_fixture.h"
#include "tests/support/held_up.h"

namespace denoise {
namespace {

/// A file of a run that does not answer, and what reads it.
struct Case {
    const char* name;
    bool checkpoint;  ///< otherwise run.json, as if the folder of the run did not answer
    Command (*request)(const std::filesystem::path& run);
};

Command opens(const std::filesystem::path& run) {
    return OpenModel{run};
}

Command resumes(const std::filesystem::path& run) {
    return ResumeTraining{.folder = run, .steps = 42};
}

Command samples(const std::filesystem::path& run) {
    Sample sample;
    sample.model = run;
    sample.request.steps = 1;
    return sample;
}

class HangingDrive : public test::SchedulerTest, public testing::WithParamInterface<Case> {
  protected:
    void SetUp() override {
        ASSERT_NO_FATAL_FAILURE(train("run"));
        const std::filesystem::path run = folder / "run";
        held_.emplace(GetParam().checkpoint ? list_checkpoints(run).front().path : run / run_file::header);
        if (!held_->works()) GTEST_SKIP() << "this file system has no leases";
    }

    Command request() const { return GetParam().request(folder / "run"); }
    /// The job ends although the drive does not answer, and can be done when it does.
    void expect_cancelled(JobId job) {
        const auto begin = std::chrono::steady_clock::now();
        EXPECT_EQ(end_of(job).outcome, Outcome::cancelled);
        EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20))
            << "the system takes the lease away after 45 s";
        held_.reset();
        EXPECT_EQ(run(request()).outcome, Outcome::done);
    }

    std::optional<test::HeldUp> held_;
};

TEST_P(HangingDrive, CanBeCancelled) {
    const JobId job = engine->post(request());
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    engine->post(Cancel{job});
    expect_cancelled(job);
}

TEST_P(HangingDrive, CanBeCancelledBeforeTheEngineBegins) {
    Sample sample{{.count = 16, .steps = 100}};  // its steps keep the engine busy
    sample.keep_states = false;
    const JobId busy = engine->post(sample);
    next<SampleFrame>();
    const JobId job = engine->post(request());
    engine->post(Cancel{job});
    engine->post(Cancel{busy});  // must not replace the one before
    expect_cancelled(job);
}

TEST_P(HangingDrive, DoesNotHoldUpTheEndOfTheEngine) {
    engine->post(request());
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const auto begin = std::chrono::steady_clock::now();
    engine.reset();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
}

INSTANTIATE_TEST_SUITE_P(Runs, HangingDrive,
                         testing::Values(Case{"OpeningACheckpoint", true, opens},
                                         Case{"OpeningAFolder", false, opens},
                                         Case{"ResumingFromACheckpoint", true, resumes},
                                         Case{"ResumingInAFolder", false, resumes},
                                         Case{"SamplingACheckpoint", true, samples}),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace denoise
