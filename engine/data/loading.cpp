#include "engine/data/loading.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <mutex>
#include <numeric>
#include <string>
#include <thread>

#include "engine/base/processors.h"

namespace denoise {
namespace {

std::string gibibytes(double bytes) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f GiB", bytes / (1u << 30));
    return text;
}

double total_memory() {
    return static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

void parallel_for(std::int64_t count, const std::function<void(std::int64_t)>& work,
                  const LoadProgress& progress, const std::stop_token& stop) {
    using Clock = std::chrono::steady_clock;
    constexpr auto interval = std::chrono::milliseconds(30);

    std::atomic<std::int64_t> next{0}, done{0};
    std::atomic<bool> failed{false};
    std::exception_ptr failure;
    std::mutex failure_mutex;

    const auto loop = [&](const std::function<void()>& after_each) {
        try {
            while (!failed && !stop.stop_requested()) {
                const std::int64_t i = next.fetch_add(1);
                if (i >= count) return;
                work(i);
                ++done;
                if (after_each) after_each();
            }
        } catch (...) {
            const std::lock_guard lock(failure_mutex);
            if (!failure) failure = std::current_exception();
            failed = true;
        }
    };

    const std::int64_t cores = processor_count();
    {
        std::vector<std::jthread> helpers;
        for (std::int64_t i = 1; i < std::min(cores, count); ++i) helpers.emplace_back([&loop] { loop({}); });
        auto last = Clock::now();
        loop([&] {
            if (!progress || Clock::now() - last < interval) return;
            last = Clock::now();
            progress(done, count);
        });
    }
    if (failure) std::rethrow_exception(failure);
    if (stop.stop_requested()) throw Cancelled{};
    if (progress) progress(count, count);
}

std::vector<std::int64_t> spread_indices(std::int64_t count, std::int64_t limit) {
    const std::int64_t kept = limit > 0 ? std::min(limit, count) : count;
    std::vector<std::int64_t> indices(static_cast<std::size_t>(kept));
    for (std::int64_t i = 0; i < kept; ++i)
        indices[i] = static_cast<std::int64_t>(static_cast<double>(i) * static_cast<double>(count) /
                                               static_cast<double>(kept));
    return indices;
}

bool fits_into_memory(double bytes) {
    return bytes <= total_memory() / 2;
}

void require_memory(double bytes, const std::filesystem::path& path) {
    const double memory = total_memory();
    if (fits_into_memory(bytes)) return;
    throw Error{"Cannot load the dataset",
                path.string() + ": its images require " + gibibytes(bytes) + ", but this computer has only " +
                    gibibytes(memory) + " of memory",
                "Limit the number of images, or choose a smaller image size", "image_limit"};
}

}  // namespace denoise
