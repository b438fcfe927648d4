#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace denoise {

/// Standard normal noise, which depends only on (seed, k, i) for image k at step i. The third image of a seed
/// is the same whether 3 or 64 are drawn, and a sampler that continues from step i draws the same noise.
class StepNoise {
  public:
    /// For `count` images, from image `first` on.
    StepNoise(std::uint64_t seed, std::int64_t count, std::int64_t first = 0)
        : seed_(seed), count_(count), first_(first) {}

    /// Noise given by the caller: z [steps,B,C,H,W], row i for step i. `x_T` still comes from `seed`.
    StepNoise(std::uint64_t seed, torch::Tensor z);

    torch::Tensor initial(at::IntArrayRef image_shape) const;  ///< x_T: [count, *image_shape], float32
    /// `repeat` distinguishes draws within one step. Throws Error if the given noise has no row i.
    torch::Tensor at_step(int i, at::IntArrayRef image_shape, int repeat = 0) const;

  private:
    torch::Tensor draw(std::uint64_t stream, at::IntArrayRef image_shape) const;

    std::uint64_t seed_;
    std::int64_t count_, first_ = 0;
    torch::Tensor given_;
};

}  // namespace denoise
