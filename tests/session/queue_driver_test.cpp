#include "engine/session/queue_driver.h"

#include <deque>

#include "engine/runs/run_folder.h"
#include "engine/runs/run_list.h"
#include "engine/session/engine.h"
#include "tests/support/files.h"
#include "tests/support/run_header.h"
#include "tests/support/small_run.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::TemporaryFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// A queue of three runs, and the commands that its driver posts.
class QueueDriverTest : public testing::Test {
  protected:
    TemporaryFolder folder_;
    fs::path path_ = folder_ / "queue.json";
    QueueFile file_{path_};
    std::vector<Command> posted_;
    std::vector<Error> reported_;
    JobId last_job_ = 0;
    QueueDriver driver_{file_,
                        [this](Command command) {
                            posted_.push_back(std::move(command));
                            const bool is_request = std::holds_alternative<StartTraining>(posted_.back()) ||
                                                    std::holds_alternative<ResumeTraining>(posted_.back());
                            return is_request ? ++last_job_ : 0;
                        },
                        [this](const Error& error) { reported_.push_back(error); }};

    void SetUp() override {
        for (const char* name : {"a", "b", "c"}) add(name);
    }
    std::int64_t add(const std::string& name) {
        std::int64_t id = 0;
        file_.change([&](RunQueue& queue) {
            QueuedRun run;
            run.name = name;
            run.parent = folder_.path();
            run.config = test::small_run();
            id = add_to_queue(queue, run);
        });
        return id;
    }
    void start() {
        driver_.take(StateChanged{EngineState::idle});
        driver_.start();
    }
    void train() {
        driver_.take(StateChanged{EngineState::training});
        RunOpened opened;
        opened.job = last_job_;
        opened.folder = state_of(current()).folder;
        driver_.take(opened);
    }
    void end(bool completed, Outcome outcome = Outcome::done, const Error& error = {}) {
        const JobId job = last_job_;
        if (outcome != Outcome::failed) driver_.take(TrainingEnded{job, "", 10, completed});
        driver_.take(JobEnded{job, outcome, error});
        driver_.take(StateChanged{EngineState::idle});
    }
    std::int64_t current() const { return driver_.current(); }
    QueuedRun state_of(std::int64_t id) const { return *find_queued(file_.queue(), id); }
    /// As another program would read them.
    std::vector<QueuedState> states() const {
        std::vector<QueuedState> all;
        const QueueFile file(path_);
        for (const QueuedRun& run : file.queue().runs) all.push_back(run.state);
        return all;
    }
    template <class C>
    int count() const {
        return static_cast<int>(std::ranges::count_if(
            posted_, [](const Command& command) { return std::holds_alternative<C>(command); }));
    }
};

/// A program that is started after another has died while its queue was trained.
struct Restarted {
    explicit Restarted(const fs::path& path) : file(path) {}
    QueueFile file;
    std::vector<Command> posted;
    QueueDriver driver{file,
                       [this](Command command) {
                           posted.push_back(std::move(command));
                           return JobId{77};
                       },
                       [](const Error&) {}};
};

using enum QueuedState;

TEST_F(QueueDriverTest, TrainsTheRunsInTheirOrderUntilAllAreDone) {
    start();
    for (const char* name : {"a", "b", "c"}) {
        ASSERT_TRUE(driver_.is_on());
        const auto* request = std::get_if<StartTraining>(&posted_.back());
        ASSERT_TRUE(request);
        EXPECT_THAT(request->folder.filename().string(), testing::EndsWith(name));
        EXPECT_EQ(request->folder.parent_path(), folder_.path());
        train();
        end(true);
    }
    EXPECT_FALSE(driver_.is_on());
    EXPECT_THAT(states(), ElementsAre(done, done, done));
    EXPECT_FALSE(QueueFile(path_).queue().active);
    EXPECT_FALSE(file_.is_held()) << "others can change it again";
    EXPECT_EQ(posted_.size(), 3u);
}

TEST_F(QueueDriverTest, AFailedRunIsMarkedAndTheNextStarts) {
    start();
    end(false, Outcome::failed, {"Cannot read the images", "/data/x: it is gone", "Look for it"});
    EXPECT_THAT(states(), ElementsAre(failed, running, waiting));
    EXPECT_EQ(state_of(1).message, "Cannot read the images: /data/x: it is gone. Look for it.");
    EXPECT_EQ(current(), 2);
}

TEST_F(QueueDriverTest, ARunThatDivergesIsClosedAndTheNextStarts) {
    start();
    train();
    driver_.take(Problem{last_job_, {"The training diverged", "step 21 is not a number", "Lower it"}});
    EXPECT_EQ(count<StopTraining>(), 0) << "until the engine says that it stands still";
    driver_.take(StateChanged{EngineState::diverged});
    EXPECT_EQ(count<StopTraining>(), 1);
    end(false, Outcome::cancelled);
    EXPECT_THAT(states(), ElementsAre(failed, running, waiting));
    EXPECT_THAT(state_of(1).message, HasSubstr("step 21 is not a number"));
}

TEST_F(QueueDriverTest, AProblemThatEndsNothingFailsNothing) {
    start();
    train();
    driver_.take(Problem{last_job_, {"A checkpoint could not be written", "the disk is full", "Free it"}});
    end(true);
    EXPECT_THAT(states(), ElementsAre(done, running, waiting));
}

TEST_F(QueueDriverTest, PauseSavesTheRunWhichWaitsAtItsPlace) {
    start();
    train();
    driver_.take(TrainingProgress{.job = last_job_, .step = 4, .fraction = 0.4, .remaining_seconds = 12});
    EXPECT_EQ(driver_.remaining_seconds(), 12);
    driver_.pause();
    ASSERT_TRUE(std::holds_alternative<Cancel>(posted_.back()));
    EXPECT_EQ(std::get<Cancel>(posted_.back()).job, last_job_);
    end(false, Outcome::cancelled);
    EXPECT_FALSE(driver_.is_on());
    EXPECT_THAT(states(), ElementsAre(waiting, waiting, waiting));
    EXPECT_FALSE(QueueFile(path_).queue().active);
    EXPECT_DOUBLE_EQ(state_of(1).fraction, 0.4);
}

TEST_F(QueueDriverTest, APersonWhoStopsTheRunStopsTheQueue) {
    start();
    train();
    end(false, Outcome::cancelled);
    EXPECT_FALSE(driver_.is_on());
    EXPECT_THAT(states(), ElementsAre(stopped, waiting, waiting));
    EXPECT_FALSE(QueueFile(path_).queue().active);
}

TEST_F(QueueDriverTest, AProgramThatEndsLeavesTheQueueActive) {
    start();
    train();
    driver_.interrupt();
    end(false, Outcome::cancelled);
    EXPECT_FALSE(driver_.is_on());
    EXPECT_THAT(states(), ElementsAre(waiting, waiting, waiting));
    EXPECT_TRUE(QueueFile(path_).queue().active);
    EXPECT_FALSE(file_.is_held());
}

TEST_F(QueueDriverTest, ARunThatWasCutOffByACrashIsResumedBeforeAllOthers) {
    start();
    end(true);
    train();
    const fs::path run = state_of(2).folder;
    RunFolder::create(run, test::run_header(test::small_run()));
    file_.release();  // the process has died

    Restarted again(path_);
    EXPECT_TRUE(again.file.queue().active);
    again.driver.start();
    ASSERT_EQ(again.posted.size(), 1u);
    const auto* request = std::get_if<ResumeTraining>(&again.posted.front());
    ASSERT_TRUE(request);
    EXPECT_EQ(request->folder, run);
    EXPECT_EQ(request->steps, test::small_run().training.steps);
}

TEST_F(QueueDriverTest, ARunThatWasCutOffBeforeItsFirstCheckpointStartsAgain) {
    start();
    file_.release();
    Restarted again(path_);
    again.driver.start();
    ASSERT_EQ(again.posted.size(), 1u);
    EXPECT_TRUE(std::holds_alternative<StartTraining>(again.posted.front()));
    EXPECT_EQ(again.driver.current(), 1);
}

TEST_F(QueueDriverTest, ARunThatHadFinishedRightBeforeTheCrashIsNotTrainedAgain) {
    start();
    train();
    RunFolder run = RunFolder::create(state_of(1).folder, test::run_header(test::small_run()));
    run.set_status(RunStatus::finished);
    file_.release();
    Restarted again(path_);
    again.driver.start();
    EXPECT_EQ(again.driver.current(), 2);
    EXPECT_EQ(find_queued(again.file.queue(), 1)->state, done);
}

TEST_F(QueueDriverTest, WaitsForTheEndOfAnotherRun) {
    driver_.take(StateChanged{EngineState::training});
    driver_.start();
    EXPECT_TRUE(posted_.empty());
    driver_.take(StateChanged{EngineState::paused});
    EXPECT_TRUE(posted_.empty()) << "it is still open";
    driver_.take(StateChanged{EngineState::sampling});
    EXPECT_EQ(posted_.size(), 1u) << "sampling goes on beside it";
    EXPECT_THAT(states(), ElementsAre(running, waiting, waiting));
}

TEST_F(QueueDriverTest, TwoProgramsDoNotTrainTheSameQueue) {
    start();
    QueueFile other(path_);
    QueueDriver second(
        other, [](Command) { return JobId{1}; }, [](const Error&) {});
    EXPECT_THAT(error_of([&] { second.start(); }).why, HasSubstr("another window or command"));
    EXPECT_FALSE(second.is_on());
}

TEST_F(QueueDriverTest, AnEmptyQueueDoesNotStart) {
    file_.change([](RunQueue& queue) { queue.runs.clear(); });
    EXPECT_THAT(error_of([&] { driver_.start(); }).why, HasSubstr("no run"));
    EXPECT_FALSE(driver_.is_on());
    EXPECT_FALSE(file_.is_held());
}

TEST_F(QueueDriverTest, TakesUpRunsThatAreAddedMeanwhileInTheirNewOrder) {
    start();
    train();
    const std::int64_t id = add("d");
    file_.change([id](RunQueue& queue) { move_in_queue(queue, id, 1); });
    end(true);
    EXPECT_EQ(current(), id);
}

TEST_F(QueueDriverTest, AnUnwritableFileIsReportedAndNoRunIsTrainedTwice) {
    start();
    train();
    fs::remove(path_);
    fs::create_directory(path_);  // as good as a full disk
    end(true);
    EXPECT_FALSE(reported_.empty());
    EXPECT_EQ(current(), 2);
}

TEST_F(QueueDriverTest, TheRealEngineTrainsTwoRunsInARow) {
    file_.change([](RunQueue& queue) {
        queue.runs.pop_back();
        for (QueuedRun& run : queue.runs) run.config.training.steps = 3;
    });
    const auto engine = make_engine({.threads = 1});
    QueueDriver driver(
        file_, [&](Command command) { return engine->post(std::move(command)); },
        [](const Error& error) { ADD_FAILURE() << one_line(error); });
    driver.start();
    const auto limit = std::chrono::steady_clock::now() + std::chrono::minutes(3);
    while (driver.is_on() && std::chrono::steady_clock::now() < limit)
        for (const Event& event : engine->wait_events(std::chrono::milliseconds(100))) driver.take(event);
    ASSERT_FALSE(driver.is_on());
    EXPECT_THAT(states(), ElementsAre(done, done));
    for (const std::int64_t id : {1, 2}) EXPECT_EQ(read_run(state_of(id).folder).step, 3);
}

}  // namespace
}  // namespace denoise
