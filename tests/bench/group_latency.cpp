// The time that the processes of a launcher need for what they do together in each step of a training. Start
// it with mpirun, on one machine or on several.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/elapsed.h"
#include "engine/base/error.h"
#include "engine/distributed/launch.h"
#include "engine/distributed/together.h"

namespace denoise {
namespace {

using Clock = std::chrono::steady_clock;

/// The median of the seconds that `work` takes when all processes begin it together.
double median_seconds(Communicator& group, int times, const std::function<void()>& work) {
    std::vector<double> seconds;
    for (int i = 0; i < times; ++i) {
        group.sum(0);  // waits for all
        const Clock::time_point begin = Clock::now();
        work();
        seconds.push_back(seconds_since(begin));
    }
    std::ranges::nth_element(seconds, seconds.begin() + times / 2);
    return seconds[static_cast<std::size_t>(times) / 2];
}

/// Where the processes are, in their order. The numbers choose the graphics cards.
void print_places(Communicator& group) {
    const Place place = group.place();
    const std::string text = group.name_of(group.rank()) + ", number " + std::to_string(place.number) +
                             " of " + std::to_string(place.count) + " on its machine";
    for (const std::vector<std::byte>& line : group.gather(std::as_bytes(std::span(text))))
        std::printf("%.*s\n", static_cast<int>(line.size()), reinterpret_cast<const char*>(line.data()));
}

void measure(Communicator& group) {
    const bool prints = group.rank() == 0;
    const double agreement = median_seconds(group, 500, [&] {
        do_together(
            group, [] {}, [] { return false; });
    });
    if (prints) {
        std::printf("%d processes\n", group.size());
        std::printf("to agree on a step: %.1f us\n", 1e6 * agreement);
    }
    for (const std::size_t thousands : {1, 100, 800, 2000, 10'000, 35'746}) {
        std::vector<float> gradient(thousands * 1000, 1.f);
        const double seconds = median_seconds(group, 15, [&] { group.sum_in_place(gradient); });
        // A ring sends and receives each part of the gradient 2 (N - 1) / N times.
        const double sent =
            2.0 * (group.size() - 1) / group.size() * static_cast<double>(gradient.size() * sizeof(float));
        if (prints)
            std::printf("to add up %6zu thousand parameters: %8.3f ms, %.2f GB/s\n", thousands, 1e3 * seconds,
                        sent / seconds / 1e9);
    }
}

}  // namespace
}  // namespace denoise

int main() {
    try {
        const auto group = denoise::join_group();
        denoise::print_places(*group);
        denoise::measure(*group);
    } catch (const denoise::Error& error) {
        std::fprintf(stderr, "%s\n", denoise::one_line(error).c_str());
        return 1;
    }
}
