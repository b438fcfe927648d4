#include "engine/model/execution_race.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <set>

#include "engine/base/elapsed.h"
#include "engine/base/processors.h"
#include "engine/device/devices.h"
#include "engine/device/memory_errors.h"

namespace denoise {
namespace {

/// Each share has gradients of its own in memory, and smaller shares are less efficient.
constexpr int most_shares = 16;

/// Shares are preferred if they are slower by this factor at most. While another program computes, the
/// threads of an operator wait for each other in each operator, and a step can take several times as long,
/// whereas shares only get less of the processor.
constexpr double price_of_shares = 1.05;

void prefer_shares(Timings& timings) {
    const auto divided =
        std::ranges::find_if(timings, [](const Timing& timing) { return timing.execution.batch_shares > 1; });
    if (divided == timings.end() ||
        divided->images_per_second * price_of_shares < timings.front().images_per_second)
        return;
    std::rotate(timings.begin(), divided, std::next(divided));
}

}  // namespace

double seconds_of(const std::function<void()>& compute, ComputeDevice device) {
    const auto begin = std::chrono::steady_clock::now();
    try {
        compute();
        wait_for(device);
    } catch (const c10::Error& error) {
        if (memory_error(error) != MemoryError::graphics_card) throw;
        release_kept_memory();
        return std::numeric_limits<double>::infinity();
    }
    return seconds_since(begin);
}

Work<void> race(Timings& timings, double images, const std::function<double(const Execution&)>& seconds,
                RaceRules rules) {
    for (int round = 0; round <= rules.rounds; ++round)
        for (Timing& timing : timings) {
            const double best = std::ranges::max(timings, {}, &Timing::images_per_second).images_per_second;
            if (best > 0 && std::chrono::steady_clock::now() > rules.deadline) co_return;
            // The first time is longer, because the operators are prepared in it.
            const double hopeless = round == 1 ? rules.hopeless_at_first : rules.hopeless;
            if (round > 0 && timing.images_per_second * hopeless < best) continue;
            timing.images_per_second = std::max(timing.images_per_second, images / seconds(timing.execution));
            co_yield Progress(0, 0, "measuring the speed");
        }
}

std::vector<int> thread_counts() {
    const int cores = physical_core_count();
    const std::set<int> counts{processor_count(), cores, (cores + 1) / 2, cores > 2 ? cores - 1 : 1};
    return {counts.begin(), counts.end()};
}

void sort_by_speed(Timings& timings) {
    std::ranges::stable_sort(timings, std::greater{}, &Timing::images_per_second);
}

Execution with_choice(Execution execution, const ThreadChoice& choice) {
    execution.threads = choice.threads;
    execution.batch_shares = choice.shares;
    return execution;
}

std::vector<ThreadChoice> thread_choices(const Execution& current, const std::vector<int>& counts,
                                         std::int64_t images) {
    std::set<int, std::greater<>> all(counts.begin(), counts.end());
    all.insert(current.threads);
    std::vector<ThreadChoice> choices;
    for (const int threads : all)
        for (int shares = std::min(threads, most_shares); shares > 1; --shares) {
            Execution divided = current;
            divided.batch_shares = shares;
            if (threads % shares == 0 && shares_of_batch(divided, images, threads) == shares)
                choices.push_back({threads, shares});
        }
    for (const int threads : all) choices.push_back({threads, 1});
    std::erase(choices, ThreadChoice{current.threads, current.batch_shares});
    return choices;
}

Work<void> race_threads(Timings& timings, const std::vector<ThreadChoice>& choices, double images,
                        const std::function<double(const Execution&)>& seconds, RaceRules rules) {
    Timings threads = {{timings.front().execution}};
    for (const ThreadChoice& choice : choices)
        threads.push_back({with_choice(threads.front().execution, choice)});
    co_await race(threads, images, seconds, rules);
    timings.front() = threads.front();
    timings.insert(timings.end(), threads.begin() + 1, threads.end());
    sort_by_speed(timings);
    prefer_shares(timings);
}

}  // namespace denoise
