#pragma once

#include <torch/torch.h>

#include "engine/network/annotated_unet.h"
#include "engine/network/attention_block.h"
#include "engine/network/description/unet_config.h"
#include "engine/network/resampling.h"
#include "engine/network/resnet_block.h"
#include "engine/network/time_embedding.h"

namespace denoise {

/// The U-Net eps_theta(x_t, t): an input convolution and the position embedding of t; down stages of ResNet
/// blocks, group norm, attention, residual connection and downsample; a bottleneck of ResNet block,
/// attention, ResNet block; up stages that also receive the outputs of the down stages (skip connections); a
/// final ResNet block and a convolution. describe_unet() lists its parts.
class UNetImpl : public torch::nn::Module {
  public:
    /// Throws Error as check_unet() does.
    UNetImpl(const UNetConfig& config, int channels, int height, int width);

    /// x_t [B,C,H,W] of the size passed to the constructor, t int64 [B] -> [B,C,H,W], or [B,2C,H,W] with
    /// learned_variance. `labels` is int64 [B], each below class_rows(); undefined means "no label". Throws
    /// Error if labels are missing and the network has no row for "no label", or if labels are passed to a
    /// network without classes.
    torch::Tensor forward(const torch::Tensor& x_t, const torch::Tensor& t, const torch::Tensor& labels = {});

    const UNetConfig& config() const { return config_; }

  private:
    /// ResNet blocks, some followed by attention, and the layer that resamples to the next level: a
    /// convolution or a ResNet block.
    struct Stage {
        std::vector<ResNetBlock> resnets;
        std::vector<AttentionBlock> attentions;  ///< one per ResNet block; empty: no attention
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
    AnnotatedUNet annotated_{nullptr};  ///< all of it except the class embedding; empty: another architecture
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
