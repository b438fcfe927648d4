#include "engine/device/generator.h"

#include <ATen/Context.h>

#include <mutex>

namespace denoise {

void seed_generator(const torch::Device& device, std::uint64_t seed) {
    at::Generator generator = at::globalContext().defaultGenerator(device);
    const std::lock_guard lock(generator.mutex());
    generator.set_current_seed(seed);
}

}  // namespace denoise
