#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace denoise {

/// Seeds the generator of a device from which operators draw that are not given one, such as dropout. All
/// other random numbers are drawn on the processor, so that they are the same on all devices.
void seed_generator(const torch::Device& device, std::uint64_t seed);

}  // namespace denoise
