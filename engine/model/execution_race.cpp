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

std::vector<int> other_thread_counts() {
    const int cores = physical_core_count();
    std::set<int> counts{processor_count(), (cores + 1) / 2, cores > 2 ? cores - 1 : 1};
    counts.erase(cores);
    return {counts.begin(), counts.end()};
}

void sort_by_speed(Timings& timings) {
    std::ranges::stable_sort(timings, std::greater{}, &Timing::images_per_second);
}

Work<void> race_threads(Timings& timings, const std::vector<int>& counts, double images,
                        const std::function<double(const Execution&)>& seconds, RaceRules rules) {
    Timings threads = {{timings.front().execution}};
    for (const int count : counts) {
        threads.push_back(threads.front());
        threads.back().execution.threads = count;
    }
    co_await race(threads, images, seconds, rules);
    timings.front() = threads.front();
    timings.insert(timings.end(), threads.begin() + 1, threads.end());
    sort_by_speed(timings);
}

}  // namespace denoise
