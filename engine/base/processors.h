#pragma once

#include <string>

namespace denoise {

/// The number of logical processors that this process can use, at least 1.
int processor_count();

/// The number of physical cores among them, at least 1. Less than processor_count() if cores run two threads.
int physical_core_count();

/// The model, the instruction sets that matter here, and the number of usable processors, for example "AMD
/// Ryzen 7 5800U with avx2, 16 processors". Virtual machines often have the same model name on different
/// processors.
std::string machine_name();

/// The largest sensible number of threads: many more than there are processors only wait for each other.
int most_threads();

/// The number of threads that OMP_NUM_THREADS demands; 0: none.
int demanded_threads();

/// The number of threads for long computations as long as none has been measured to be faster: the demanded
/// number, or one per physical core.
int default_threads();

}  // namespace denoise
