#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "engine/base/work.h"
#include "engine/model/timing_cache.h"

namespace denoise {

/// How to compare executions.
struct RaceRules {
    int rounds = 4;         ///< how often each execution is timed, after a first time
    double hopeless = 1.4;  ///< an execution is not timed again if the fastest is this many times as fast
    double hopeless_at_first = 2.8;  ///< the same after the first time
    std::chrono::steady_clock::time_point
        deadline;  ///< nothing more begins after it, once one has been timed
};

/// The seconds that `compute` takes on `device`. Infinity if the memory of a graphics card is not enough,
/// which it may be for another execution.
double seconds_of(const std::function<void()>& compute, ComputeDevice device);

/// Times the executions in turn, so that a change of the machine's speed affects all of them. `seconds`
/// computes `images` images with an execution and returns the time that it took. The shortest time of an
/// execution counts. Those for which there is no time keep a speed of 0. The references must outlive the
/// work.
Work<void> race(Timings& timings, double images, const std::function<double(const Execution&)>& seconds,
                RaceRules rules);

/// Numbers of threads to try.
std::vector<int> thread_counts();

/// How many threads compute, and into how many shares they divide a batch (see Execution).
struct ThreadChoice {
    int threads = 1, shares = 1;
    bool operator==(const ThreadChoice&) const = default;
};

Execution with_choice(Execution execution, const ThreadChoice& choice);

/// What to try beside `current` for batches of `images` images: the batch divided among its threads or among
/// `counts` threads, so that each share has equally many of them, and then `counts` without shares.
std::vector<ThreadChoice> thread_choices(const Execution& current, const std::vector<int>& counts,
                                         std::int64_t images);

/// Sorts with the fastest first.
void sort_by_speed(Timings& timings);

/// Races the fastest of `timings`, which is the first, against itself with other threads. Adds them, and
/// sorts. The first one is then the fastest, or one with shares that is at most 5 % slower, because another
/// program that computes slows it down less.
Work<void> race_threads(Timings& timings, const std::vector<ThreadChoice>& choices, double images,
                        const std::function<double(const Execution&)>& seconds, RaceRules rules);

}  // namespace denoise
