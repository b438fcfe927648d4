#pragma once

#include <torch/torch.h>

#include "engine/network/attention_block.h"
#include "engine/network/resampling.h"
#include "engine/network/resnet_block.h"
#include "engine/network/time_embedding.h"
#include "engine/network/unet_config.h"

namespace denoise {

/// The U-Net eps_theta(x_t, t): an input convolution and the position embedding of t; down stages of ResNet
/// blocks, group norm, attention, residual connection and downsample; a bottleneck of ResNet block,
/// attention, ResNet block; mirrored up stages that take the down stages' outputs as skips; a final ResNet
/// block and a convolution. describe_unet() lists its parts.
class UNetImpl : public torch::nn::Module {
  public:
    /// Throws Error as check_unet() does.
    UNetImpl(const UNetConfig& config, int channels, int height, int width);

    /// x_t [B,C,H,W] of the size it was made for, t int64 [B] -> [B,C,H,W]
    torch::Tensor forward(const torch::Tensor& x_t, const torch::Tensor& t);

  private:
    /// ResNet blocks, some followed by attention, and the way to the next level.
    struct Stage {
        std::vector<ResNetBlock> resnets;
        std::vector<AttentionBlock> attentions;  ///< one per ResNet block, empty where there is none
        Downsample downsample{nullptr};
        Upsample upsample{nullptr};
    };

    UNetConfig config_;
    torch::nn::Conv2d input_{nullptr};
    TimeEmbedding time_embedding_{nullptr};
    std::vector<Stage> down_, up_;
    ResNetBlock bottleneck_1_{nullptr}, bottleneck_2_{nullptr}, final_resnet_{nullptr};
    AttentionBlock bottleneck_attention_{nullptr};
    torch::nn::GroupNorm output_norm_{nullptr};
    torch::nn::Conv2d output_{nullptr};
};
TORCH_MODULE(UNet);

}  // namespace denoise
