#pragma once

#include <torch/torch.h>

namespace denoise {

/// Halves height and width with a 3x3 convolution of stride 2. Padding 0: one pixel on the right and at the
/// bottom, as in Ho et al.'s code (sizes are rounded down). Padding 1: one pixel on every side (sizes are
/// rounded up).
class DownsampleImpl : public torch::nn::Module {
  public:
    DownsampleImpl(std::int64_t channels, std::int64_t padding);
    torch::Tensor forward(const torch::Tensor& x);

  private:
    std::int64_t padding_;
    torch::nn::Conv2d conv_;
};
TORCH_MODULE(Downsample);

/// Resizes to [height,width] by nearest neighbour, followed by a 3x3 convolution. Passing the size restores
/// odd sizes.
class UpsampleImpl : public torch::nn::Module {
  public:
    explicit UpsampleImpl(std::int64_t channels);
    torch::Tensor forward(const torch::Tensor& x, std::int64_t height, std::int64_t width);

  private:
    torch::nn::Conv2d conv_;
};
TORCH_MODULE(Upsample);

}  // namespace denoise
