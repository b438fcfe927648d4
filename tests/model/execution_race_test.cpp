#include "engine/model/execution_race.h"

#include <gmock/gmock.h>

#include <chrono>
#include <map>

namespace denoise {
namespace {

using testing::ElementsAre;

constexpr std::chrono::steady_clock::time_point never = std::chrono::steady_clock::time_point::max();

/// Executions with 1, 2, 3, ... threads, of which each takes its seconds.
struct Machine {
    std::vector<double> seconds;
    std::map<int, int> times = {};

    Timings race_with(const RaceRules& rules) {
        Timings timings;
        for (int threads = 1; threads <= static_cast<int>(seconds.size()); ++threads)
            timings.push_back({Execution{.threads = threads}});
        const std::function<double(const Execution&)> run = [this](const Execution& execution) {
            ++times[execution.threads];
            return seconds.at(static_cast<std::size_t>(execution.threads - 1));
        };
        finish(race(timings, 10, run, rules));
        return timings;
    }
};

std::vector<double> speeds(const Timings& timings) {
    std::vector<double> list;
    for (const Timing& timing : timings) list.push_back(timing.images_per_second);
    return list;
}

TEST(ExecutionRace, TimesTheSlowLessOften) {
    Machine machine{{1.0, 1.3, 1.6, 3.0}};
    EXPECT_THAT(speeds(machine.race_with({.rounds = 3, .deadline = never})),
                ElementsAre(10, 10 / 1.3, 10 / 1.6, 10 / 3.0));
    EXPECT_EQ(machine.times.at(1), 4);
    EXPECT_EQ(machine.times.at(2), 4);
    EXPECT_EQ(machine.times.at(3), 2) << "not again after a time that counts";
    EXPECT_EQ(machine.times.at(4), 1) << "hopeless from the first time on";
}

TEST(ExecutionRace, TheShortestTimeCounts) {
    Timings timings = {{Execution{.threads = 1}}};
    std::vector<double> seconds = {5, 2, 4};
    const std::function<double(const Execution&)> run = [&](const Execution&) {
        const double next = seconds.front();
        seconds.erase(seconds.begin());
        return next;
    };
    finish(race(timings, 10, run, {.rounds = 2, .deadline = never}));
    EXPECT_THAT(speeds(timings), ElementsAre(5));
}

TEST(ExecutionRace, OneIsTimedHoweverLittleTimeThereIs) {
    Machine machine{{1.0, 0.5}};
    EXPECT_THAT(speeds(machine.race_with({.deadline = {}})), ElementsAre(10, 0));
}

/// The execution that is chosen if two threads and two shares take these seconds.
Execution chosen(double seconds_of_threads, double seconds_of_shares) {
    Timings timings = {{Execution{.threads = 2}}};
    const std::function<double(const Execution&)> run = [&](const Execution& execution) {
        return execution.batch_shares > 1 ? seconds_of_shares : seconds_of_threads;
    };
    finish(race_threads(timings, {{.threads = 2, .shares = 2}}, 10, run, {.deadline = never}));
    return timings.front().execution;
}

TEST(ExecutionRace, SharesThatAreHardlySlowerArePreferred) {
    EXPECT_EQ(chosen(1.0, 0.9).batch_shares, 2);
    EXPECT_EQ(chosen(1.0, 1.04).batch_shares, 2);
    EXPECT_EQ(chosen(1.0, 1.06).batch_shares, 1);
}

}  // namespace
}  // namespace denoise
