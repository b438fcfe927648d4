#include "engine/scheduler/job_turns.h"

#include <gtest/gtest.h>

#include <map>

namespace denoise {
namespace {

using namespace std::chrono_literals;

/// A job whose readiness is set by the test.
class StubJob : public Job {
  public:
    explicit StubJob(JobId id, bool is_ready = true) : Job(id, [](JobEvent) {}), is_ready_(is_ready) {}
    bool ready() const override { return is_ready_; }
    bool waits_for_dataset() const override { return false; }
    bool step() override { return true; }
    void set_ready(bool is_ready) { is_ready_ = is_ready; }

  private:
    bool is_ready_;
};

StubJob& add(JobTurns& schedule, JobId id, bool ready = true) {
    auto job = std::make_unique<StubJob>(id, ready);
    StubJob& reference = *job;
    schedule.add(std::move(job));
    return reference;
}

/// The number of steps of each job in `turns` steps, if a step of job k takes `costs[k]`.
std::map<JobId, int> turns_of(JobTurns& schedule, int turns, std::map<JobId, JobTurns::Duration> costs) {
    std::map<JobId, int> counts;
    for (int i = 0; i < turns; ++i) {
        Job* job = schedule.next();
        ++counts[job->id()];
        schedule.charge(job->id(), costs.at(job->id()));
    }
    return counts;
}

TEST(JobTurns, GivesJobsEqualTimeRegardlessOfTheLengthOfTheirSteps) {
    JobTurns schedule;
    add(schedule, 1);
    add(schedule, 2);
    add(schedule, 3);
    const auto counts = turns_of(schedule, 600, {{1, 10ms}, {2, 20ms}, {3, 40ms}});
    EXPECT_NEAR(counts.at(1) * 10.0, counts.at(2) * 20.0, 40);
    EXPECT_NEAR(counts.at(1) * 10.0, counts.at(3) * 40.0, 40);
}

TEST(JobTurns, SkipsJobsThatAreNotReady) {
    JobTurns schedule;
    EXPECT_EQ(schedule.next(), nullptr);
    StubJob& waiting = add(schedule, 1, false);
    EXPECT_EQ(schedule.next(), nullptr);
    add(schedule, 2);
    EXPECT_EQ(schedule.next()->id(), 2);
    waiting.set_ready(true);
    schedule.charge(2, 1ms);
    EXPECT_EQ(schedule.next()->id(), 1);
}

TEST(JobTurns, DoesNotCompensateAJobThatWaited) {
    JobTurns schedule;
    StubJob& late = add(schedule, 1, false);
    add(schedule, 2);
    turns_of(schedule, 100, {{2, 10ms}});
    late.set_ready(true);
    const auto counts = turns_of(schedule, 20, {{1, 10ms}, {2, 10ms}});
    EXPECT_NEAR(counts.at(1), 10, 1);
    EXPECT_NEAR(counts.at(2), 10, 1);
}

TEST(JobTurns, AJobThatFollowsAnotherWaitsUntilThatIsRemoved) {
    JobTurns schedule;
    add(schedule, 1);
    schedule.add(std::make_unique<StubJob>(2), 1);
    schedule.add(std::make_unique<StubJob>(3), 2);
    EXPECT_EQ(turns_of(schedule, 5, {{1, 10ms}}).at(1), 5);
    schedule.remove(1);
    EXPECT_EQ(turns_of(schedule, 5, {{2, 10ms}}).at(2), 5);
    schedule.remove(2);
    EXPECT_EQ(schedule.next()->id(), 3);
}

TEST(JobTurns, DoesNotReturnARemovedJob) {
    JobTurns schedule;
    add(schedule, 1);
    add(schedule, 2);
    EXPECT_EQ(schedule.find(1)->id(), 1);
    schedule.remove(1);
    EXPECT_EQ(schedule.find(1), nullptr);
    EXPECT_EQ(schedule.next()->id(), 2);
}

}  // namespace
}  // namespace denoise
