#pragma once

#include <algorithm>
#include <thread>

namespace denoise {

/// The number of processor cores that this process can use, at least 1.
inline int processor_count() {
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

/// The number of threads for long computations: all cores but one, at least 1.
inline int default_threads() {
    return std::max(1, processor_count() - 1);
}

}  // namespace denoise
