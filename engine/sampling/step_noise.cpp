#include "engine/sampling/step_noise.h"

#include <ATen/CPUGeneratorImpl.h>

#include "engine/base/error.h"

namespace denoise {
namespace {

/// SplitMix64, so that consecutive seeds give unrelated generators.
std::uint64_t mixed(std::uint64_t value) {
    value += 0x9E3779B97F4A7C15u;
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9u;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBu;
    return value ^ (value >> 31);
}

}  // namespace

StepNoise::StepNoise(std::uint64_t seed, torch::Tensor z)
    : seed_(seed), count_(z.size(1)), given_(std::move(z)) {}

torch::Tensor StepNoise::draw(std::uint64_t stream, at::IntArrayRef image_shape) const {
    std::vector<torch::Tensor> images;
    images.reserve(static_cast<std::size_t>(count_));
    for (std::int64_t k = 0; k < count_; ++k) {
        at::Generator generator = at::detail::createCPUGenerator(
            mixed(mixed(mixed(seed_) + static_cast<std::uint64_t>(first_ + k)) + stream));
        images.push_back(torch::randn(image_shape, generator));
    }
    return torch::stack(images);
}

torch::Tensor StepNoise::initial(at::IntArrayRef image_shape) const {
    return draw(0, image_shape);
}

torch::Tensor StepNoise::at_step(int i, at::IntArrayRef image_shape, int repeat) const {
    if (!given_.defined())
        return draw((static_cast<std::uint64_t>(repeat) << 32) + static_cast<std::uint64_t>(i) + 1,
                    image_shape);
    if (i >= given_.size(0) || repeat > 0)
        throw Error{"There is not enough noise",
                    "the given noise has " + std::to_string(given_.size(0)) +
                        " steps, and there is none for step " + std::to_string(i),
                    "Provide noise for each sampling step"};
    return given_[i];
}

}  // namespace denoise
