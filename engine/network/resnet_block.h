#pragma once

#include <torch/torch.h>

#include "engine/network/description/unet_config.h"

namespace denoise {

/// How a ResNet block changes height and width.
enum class Resampling { none, down, up };

struct ResNetOptions {
    std::int64_t in = 0, out = 0, time_dimension = 0, groups = 1;
    double norm_eps = 1e-6;
    double dropout = 0.0;
    Activation activation = Activation::silu;
    TimeScaleShift time_scale_shift = TimeScaleShift::shift_only;
    double output_scale = 1.0;  ///< divides the sum with the input
    Resampling resampling = Resampling::none;
};

/// Ho et al.'s ResNet block: group norm -> SiLU -> convolution -> + Linear(SiLU(time)) -> group norm -> SiLU
/// -> dropout -> convolution (initialized to 0) -> + input (through a 1x1 convolution if the number of
/// channels changes). A block that resamples averages squares of four positions, or repeats positions, after
/// its first SiLU and in the residual connection.
class ResNetBlockImpl : public torch::nn::Module {
  public:
    explicit ResNetBlockImpl(const ResNetOptions& options);
    /// x [B,in,H,W], activated time [B,time_dimension] -> [B,out,H,W]
    torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& activated_time);
    /// The same for a block that resamples, to [B,out,height,width]. The sizes are only used for
    /// Resampling::up.
    torch::Tensor forward_resampled(const torch::Tensor& x, const torch::Tensor& activated_time,
                                    std::int64_t height = 0, std::int64_t width = 0);

  private:
    torch::Tensor after_first_activation(torch::Tensor h, const torch::Tensor& x,
                                         const torch::Tensor& activated_time);

    ResNetOptions options_;
    torch::nn::GroupNorm norm1_, norm2_;
    torch::nn::Conv2d conv1_, conv2_;
    torch::nn::Linear time_projection_;
    torch::nn::Dropout dropout_;
    torch::nn::Conv2d shortcut_{nullptr};
};
TORCH_MODULE(ResNetBlock);

}  // namespace denoise
