#pragma once

#include <torch/torch.h>

namespace denoise {

/// Halves height and width: a 3x3 convolution of stride 2. Padding 0 stands for one pixel right and bottom,
/// as in Ho et al.'s code (sizes round down); padding 1 for one pixel on every side (sizes round up).
class DownsampleImpl : public torch::nn::Module {
  public:
    DownsampleImpl(std::int64_t channels, std::int64_t padding);
    torch::Tensor forward(const torch::Tensor& x);

  private:
    std::int64_t padding_;
    torch::nn::Conv2d conv_;
};
TORCH_MODULE(Downsample);

/// Nearest neighbour to [height,width], then a 3x3 convolution. Odd sizes come back to what they were before.
class UpsampleImpl : public torch::nn::Module {
  public:
    explicit UpsampleImpl(std::int64_t channels);
    torch::Tensor forward(const torch::Tensor& x, std::int64_t height, std::int64_t width);

  private:
    torch::nn::Conv2d conv_;
};
TORCH_MODULE(Upsample);

}  // namespace denoise
