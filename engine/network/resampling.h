#pragma once

#include <torch/torch.h>

namespace denoise {

/// Halves height and width (rounding down): a 3x3 convolution of stride 2, padded right and bottom as in Ho
/// et al.'s code.
class DownsampleImpl : public torch::nn::Module {
  public:
    explicit DownsampleImpl(std::int64_t channels);
    torch::Tensor forward(const torch::Tensor& x);

  private:
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
