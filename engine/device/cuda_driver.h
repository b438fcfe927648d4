#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace denoise {

/// What LibTorch does not tell without the headers of CUDA: asked from NVIDIA's driver, which is loaded while
/// the program runs, so that the program can be built without CUDA and run without a driver.

struct CudaCard {
    std::string name;  ///< of the model
    std::int64_t memory_bytes = 0;
    int capability = 0;  ///< 86 for the compute capability 8.6; 0: unknown
};

/// Whether a driver is installed, also one that LibTorch cannot use.
bool has_cuda_driver();

/// The cards that this process sees (CUDA_VISIBLE_DEVICES), in the order of their numbers. Empty without a
/// driver.
std::vector<CudaCard> describe_cuda_cards();

}  // namespace denoise
