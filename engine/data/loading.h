#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

#include "engine/data/dataset.h"

namespace denoise {

/// Calls `work(i)` once for each i in [0, count) on all cores, including the calling thread. `progress` is
/// only called on the calling thread. The first exception ends the loop and is rethrown. A stop request
/// throws Cancelled.
void parallel_for(std::int64_t count, const std::function<void(std::int64_t)>& work,
                  const LoadProgress& progress, const std::stop_token& stop);

/// `limit` indices, distributed evenly over [0, count) and increasing. All of them if limit is 0 or too
/// large.
std::vector<std::int64_t> spread_indices(std::int64_t count, std::int64_t limit);

/// Whether a dataset of `bytes` bytes uses at most half of the memory of this computer.
bool fits_into_memory(double bytes);
/// Throws Error if a dataset of `bytes` bytes would use more than half of the memory of this computer.
void require_memory(double bytes, const std::filesystem::path& path);

}  // namespace denoise
