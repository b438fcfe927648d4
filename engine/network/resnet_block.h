#pragma once

#include <torch/torch.h>

namespace denoise {

/// Ho et al.'s ResNet block: group norm -> SiLU -> convolution -> + Linear(SiLU(time)) -> group norm -> SiLU
/// -> dropout -> convolution (starts at 0), plus the input (through a 1x1 convolution where the channels
/// differ).
class ResNetBlockImpl : public torch::nn::Module {
  public:
    ResNetBlockImpl(std::int64_t in, std::int64_t out, std::int64_t time_dimension, std::int64_t groups,
                    double dropout);
    /// x [B,in,H,W], SiLU(time) [B,time_dimension] -> [B,out,H,W]
    torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& activated_time);

  private:
    torch::nn::GroupNorm norm1_, norm2_;
    torch::nn::Conv2d conv1_, conv2_;
    torch::nn::Linear time_projection_;
    torch::nn::Dropout dropout_;
    torch::nn::Conv2d shortcut_{nullptr};
};
TORCH_MODULE(ResNetBlock);

}  // namespace denoise
