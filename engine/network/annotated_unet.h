#pragma once

#include <torch/torch.h>

#include <vector>

#include "engine/network/description/unet_config.h"
#include "engine/network/time_embedding.h"

namespace denoise {

/// A 3x3 convolution whose weights are normalized to mean 0 and variance 1 per output channel before each use
/// (Qiao et al. 2019), followed by group norm, an optional scale and shift, and SiLU.
class StandardizedBlockImpl : public torch::nn::Module {
  public:
    StandardizedBlockImpl(std::int64_t in, std::int64_t out, std::int64_t groups);
    /// scale and shift: [B,out,1,1] each, or undefined.
    torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& scale = {},
                          const torch::Tensor& shift = {});

  private:
    torch::nn::Conv2d conv_;
    torch::nn::GroupNorm norm_;
};
TORCH_MODULE(StandardizedBlock);

/// Two standardized blocks, the first scaled and shifted by the time embedding, with a residual connection
/// (through a 1x1 convolution if the number of channels changes).
class StandardizedResNetImpl : public torch::nn::Module {
  public:
    StandardizedResNetImpl(std::int64_t in, std::int64_t out, std::int64_t time_dimension,
                           std::int64_t groups);
    /// x [B,in,H,W], SiLU(time) [B,time_dimension] -> [B,out,H,W]
    torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& activated_time);

  private:
    torch::nn::Linear time_projection_;
    StandardizedBlock block1_, block2_;
    torch::nn::Conv2d shortcut_{nullptr};
};
TORCH_MODULE(StandardizedResNet);

/// Group norm with one group -> attention with 4 heads of 32 channels -> + input (residual connection).
/// Linear attention (Shen et al. 2018) summarizes all positions in a 32 x 32 matrix, so its cost grows
/// linearly with the number of positions. It is followed by a second norm.
class PreNormAttentionImpl : public torch::nn::Module {
  public:
    PreNormAttentionImpl(std::int64_t channels, bool linear);
    torch::Tensor forward(const torch::Tensor& x);

  private:
    bool linear_;
    torch::nn::GroupNorm norm_;
    torch::nn::Conv2d to_qkv_, to_out_;
    torch::nn::GroupNorm output_norm_{nullptr};
};
TORCH_MODULE(PreNormAttention);

/// The network of the blog "The Annotated Diffusion Model": two ResNet blocks and linear attention per stage,
/// downsampling that moves squares of four positions into the channels, and full attention only in the
/// bottleneck.
class AnnotatedUNetImpl : public torch::nn::Module {
  public:
    AnnotatedUNetImpl(const UNetConfig& config, int channels);
    /// `class_embedding` [B,4*base_width], or undefined, is added to the time embedding.
    torch::Tensor forward(const torch::Tensor& x_t, const torch::Tensor& t,
                          const torch::Tensor& class_embedding = {});

  private:
    struct Stage {
        StandardizedResNet resnet_1{nullptr}, resnet_2{nullptr};
        PreNormAttention attention{nullptr};
        torch::nn::Conv2d resample{nullptr};
    };
    Stage add_stage(const std::string& name, std::int64_t in, std::int64_t out);

    std::int64_t base_, groups_;
    torch::nn::Conv2d input_{nullptr}, output_{nullptr};
    torch::nn::Linear time_1_{nullptr}, time_2_{nullptr};
    std::vector<Stage> down_, up_;
    StandardizedResNet bottleneck_1_{nullptr}, bottleneck_2_{nullptr}, final_resnet_{nullptr};
    PreNormAttention bottleneck_attention_{nullptr};
};
TORCH_MODULE(AnnotatedUNet);

}  // namespace denoise
