#pragma once

#include <torch/torch.h>

#include "engine/network/annotated_unet.h"
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

    /// x_t [B,C,H,W] of the size it was made for, t int64 [B] -> [B,C,H,W], or [B,2C,H,W] with
    /// learned_variance. labels int64 [B], each below class_rows(); undefined stands for "no label". Throws
    /// Error when the network needs labels and has no row for "no label", and when it is given some and has
    /// no classes.
    torch::Tensor forward(const torch::Tensor& x_t, const torch::Tensor& t, const torch::Tensor& labels = {});

    const UNetConfig& config() const { return config_; }

  private:
    /// ResNet blocks, some followed by attention, and the way to the next level: a convolution or a ResNet
    /// block.
    struct Stage {
        std::vector<ResNetBlock> resnets;
        std::vector<AttentionBlock> attentions;  ///< one per ResNet block, empty where there is none
        Downsample downsample{nullptr};
        Upsample upsample{nullptr};
        ResNetBlock resnet_downsample{nullptr}, resnet_upsample{nullptr};
    };

    ResNetBlock add_resnet(const std::string& name, std::int64_t in, std::int64_t out, double scale = 1.0,
                           Resampling resampling = Resampling::none);
    AttentionBlock add_attention(const std::string& name, std::int64_t width);
    void add_embeddings();
    void add_class_embedding();
    void add_down_stages(std::vector<std::int64_t>& skips);
    void add_bottleneck();
    void add_up_stages(std::vector<std::int64_t>& skips);
    void add_output(int channels);
    /// Whether a stage has attention after its ResNet block `block` of `blocks`.
    bool attention_follows(int block, int blocks) const {
        return config_.attention_after_each_block || block == blocks - 1;
    }

    torch::Tensor embed(const torch::Tensor& t, const torch::Tensor& labels);
    torch::Tensor embed_class(const torch::Tensor& t, torch::Tensor labels);

    UNetConfig config_;
    AnnotatedUNet annotated_{nullptr};  ///< all of the network but the class embedding, where there is one
    torch::nn::Conv2d input_{nullptr};
    TimeProjection time_projection_{nullptr};
    EmbeddingLayers time_embedding_{nullptr}, class_layers_{nullptr};
    torch::nn::Embedding class_table_{nullptr};
    std::vector<Stage> down_, up_;
    ResNetBlock bottleneck_1_{nullptr}, bottleneck_2_{nullptr}, final_resnet_{nullptr};
    AttentionBlock bottleneck_attention_{nullptr};
    torch::nn::GroupNorm output_norm_{nullptr};
    torch::nn::Conv2d output_{nullptr};
};
TORCH_MODULE(UNet);

}  // namespace denoise
