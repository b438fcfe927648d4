#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

#include "engine/data/dataset.h"

namespace denoise {

/// Calls `work(i)` once for each i in [0, count) on all cores, the calling thread among them. `progress` is
/// called on the calling thread alone. The first exception ends the loop and is thrown again here; a
/// requested stop throws Cancelled.
void parallel_for(std::int64_t count, const std::function<void(std::int64_t)>& work,
                  const LoadProgress& progress, const std::stop_token& stop);

/// `limit` indices spread evenly over [0, count), increasing; all of them when limit is 0 or too large.
std::vector<std::int64_t> spread_indices(std::int64_t count, std::int64_t limit);

/// Throws Error when a set of so many bytes would take more than half of this machine's memory.
void require_memory(double bytes, const std::filesystem::path& path);

}  // namespace denoise
