#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/runs/run_list.h"
#include "engine/session/engine.h"
#include "tests/support/small_run.h"

namespace denoise::test {

/// The complete engine, used only through its public interface.
class SchedulerTest : public testing::Test {
  protected:
    TemporaryFolder folder;
    std::unique_ptr<Engine> engine = make_engine({.threads = 1});
    std::vector<Event> seen;

    /// The next event of type E for which `wanted` holds; all events go to `seen`.
    template <class E>
    E next(const std::function<bool(const E&)>& wanted = {}) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(4);  // with a sanitizer
        while (std::chrono::steady_clock::now() < end) {
            while (!pending.empty()) {
                Event event = std::move(pending.front());
                pending.pop_front();
                seen.push_back(event);
                if (const E* found = std::get_if<E>(&event); found && (!wanted || wanted(*found)))
                    return *found;
                report_failure<E>(event);
            }
            for (Event& event : engine->wait_events(std::chrono::milliseconds(100)))
                pending.push_back(std::move(event));
        }
        throw std::runtime_error("there was no such event within four minutes");
    }
    void wait_for(EngineState state) {
        next<StateChanged>([state](const StateChanged& event) { return event.state == state; });
    }
    /// The JobEnded of a job; the events before it are in `seen`.
    JobEnded end_of(JobId job) {
        return next<JobEnded>([job](const JobEnded& end) { return end.job == job; });
    }
    JobEnded run(Command request) { return end_of(engine->post(std::move(request))); }
    Error error_of(Command request) {
        const JobEnded end = run(std::move(request));
        EXPECT_EQ(end.outcome, Outcome::failed);
        return end.error;
    }
    /// Posts a request that must succeed and returns its one result of type E.
    template <class E>
    E result_of(Command request) {
        seen.clear();
        const JobId job = engine->post(std::move(request));
        EXPECT_EQ(end_of(job).outcome, Outcome::done);
        const std::vector<E> results = all<E>(job);
        if (results.size() != 1) throw std::runtime_error("not exactly one result");
        return results.front();
    }
    /// The events of a job in `seen`.
    template <class E>
    std::vector<E> all(JobId job) const {
        std::vector<E> found;
        for (const Event& event : seen)
            if (const E* one = std::get_if<E>(&event); one && one->job == job) found.push_back(*one);
        return found;
    }
    void train(const std::string& name) {
        ASSERT_EQ(run(StartTraining{small_run(), folder / name}).outcome, Outcome::done);
    }
    void restart() {
        engine = make_engine({.threads = 1});
        pending.clear();
    }
    JobId start_endless_run(int steps = 1) {
        const JobId job = engine->post(StartTraining{endless(), folder / "run"});
        next<MetricsBatch>([steps](const MetricsBatch& batch) { return batch.steps.back().step >= steps; });
        return job;
    }
    RunConfig endless() {
        RunConfig config = small_run();
        config.training.steps = 1'000'000;
        return config;
    }
    std::deque<Event> pending;

  private:
    /// Reports an error that the test does not expect.
    template <class E>
    static void report_failure(const Event& event) {
        if constexpr (!std::is_same_v<E, JobEnded> && !std::is_same_v<E, Problem>) {
            if (const auto* end = std::get_if<JobEnded>(&event); end && end->outcome == Outcome::failed)
                ADD_FAILURE() << one_line(end->error);
            if (const auto* problem = std::get_if<Problem>(&event)) ADD_FAILURE() << one_line(problem->error);
        }
    }
};

inline std::vector<double> losses_of(const std::filesystem::path& run) {
    std::vector<double> losses;
    for (const StepMetrics& metrics : read_metrics(run, 100000)) losses.push_back(metrics.loss);
    return losses;
}

}  // namespace denoise::test
