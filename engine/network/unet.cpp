#include "engine/network/unet.h"

#include "engine/network/activation.h"
#include "engine/network/stop_check.h"

namespace denoise {
namespace nn = torch::nn;
namespace {

/// Module names must not contain dots, so the index of a stage is part of its name.
std::string name_in(const char* stage, int level, const char* part, int index) {
    return std::string(stage) + "_" + std::to_string(level) + "_" + part + "_" + std::to_string(index);
}

}  // namespace

UNetImpl::UNetImpl(const UNetConfig& config, int channels, int height, int width) : config_(config) {
    check_unet(config, height, width);
    if (config.architecture == Architecture::annotated) {
        annotated_ = register_module("annotated", AnnotatedUNet(config, channels));
        add_class_embedding();
        return;
    }
    const std::int64_t p = config.patch_size, first = first_width(config);
    input_ = register_module("conv_in", p == 1 ? nn::Conv2d(nn::Conv2dOptions(channels, first, 3).padding(1))
                                               : nn::Conv2d(nn::Conv2dOptions(channels, first, p).stride(p)));
    add_embeddings();
    std::vector<std::int64_t> skips = {first};
    add_down_stages(skips);
    if (config.bottleneck) add_bottleneck();
    add_up_stages(skips);
    add_output(channels);
}

ResNetBlock UNetImpl::add_resnet(const std::string& name, std::int64_t in, std::int64_t out, double scale,
                                 Resampling resampling) {
    return register_module(name, ResNetBlock(ResNetOptions{.in = in,
                                                           .out = out,
                                                           .time_dimension = time_width(config_),
                                                           .groups = config_.groups,
                                                           .norm_eps = config_.norm_eps,
                                                           .dropout = config_.dropout,
                                                           .activation = config_.activation,
                                                           .time_scale_shift = config_.time_scale_shift,
                                                           .output_scale = scale,
                                                           .resampling = resampling}));
}

AttentionBlock UNetImpl::add_attention(const std::string& name, std::int64_t width) {
    return register_module(name, AttentionBlock(AttentionOptions{.channels = width,
                                                                 .heads = attention_heads(config_, width),
                                                                 .groups = config_.groups,
                                                                 .norm_eps = config_.norm_eps}));
}

void UNetImpl::add_embeddings() {
    const std::int64_t in = time_input_width(config_), out = time_width(config_);
    time_projection_ = register_module("time_proj", TimeProjection(config_));
    time_embedding_ = register_module("time_embedding", EmbeddingLayers(in, out));
    add_class_embedding();
}

void UNetImpl::add_class_embedding() {
    const std::int64_t in = time_input_width(config_), out = time_width(config_);
    if (config_.classes == 0) return;
    if (config_.class_embedding == ClassEmbeddingKind::label)
        class_table_ = register_module("class_embedding", nn::Embedding(class_rows(config_), out));
    else
        class_layers_ = register_module("class_embedding", EmbeddingLayers(in, out));
}

void UNetImpl::add_down_stages(std::vector<std::int64_t>& skips) {
    const int levels = level_count(config_), blocks = config_.resnet_blocks;
    for (int level = 0; level < levels; ++level) {
        Stage stage;
        const std::int64_t width = level_width(config_, level);
        for (int block = 0; block < blocks; ++block) {
            stage.resnets.push_back(add_resnet(name_in("down", level, "resnet", block), skips.back(), width));
            stage.attentions.push_back(has_down_attention(config_, level) && attention_follows(block, blocks)
                                           ? add_attention(name_in("down", level, "attention", block), width)
                                           : AttentionBlock(nullptr));
            skips.push_back(width);
        }
        if (level + 1 < levels) {
            const std::string name = "down_" + std::to_string(level) + "_downsample";
            if (has_resnet_downsample(config_, level))
                stage.resnet_downsample = add_resnet(name, width, width, 1.0, Resampling::down);
            else
                stage.downsample = register_module(name, Downsample(width, config_.downsample_padding));
            skips.push_back(width);
        }
        down_.push_back(std::move(stage));
    }
}

void UNetImpl::add_bottleneck() {
    const std::int64_t width = level_width(config_, level_count(config_) - 1);
    bottleneck_1_ = add_resnet("bottleneck_resnet_0", width, width, config_.bottleneck_scale);
    if (config_.bottleneck_attention)
        bottleneck_attention_ =
            register_module("bottleneck_attention",
                            AttentionBlock(AttentionOptions{.channels = width,
                                                            .heads = attention_heads(config_, width),
                                                            .groups = bottleneck_norm_groups(config_),
                                                            .norm_eps = config_.norm_eps,
                                                            .output_scale = config_.bottleneck_scale}));
    bottleneck_2_ = add_resnet("bottleneck_resnet_1", width, width, config_.bottleneck_scale);
}

void UNetImpl::add_up_stages(std::vector<std::int64_t>& skips) {
    const int levels = level_count(config_), blocks = config_.resnet_blocks + 1;
    std::int64_t here = level_width(config_, levels - 1);
    for (int level = levels - 1; level >= 0; --level) {
        Stage stage;
        if (level + 1 < levels) {
            const std::string name = "up_" + std::to_string(level) + "_upsample";
            if (has_resnet_upsample(config_, level + 1))
                stage.resnet_upsample = add_resnet(name, here, here, 1.0, Resampling::up);
            else
                stage.upsample = register_module(name, Upsample(here));
        }
        const std::int64_t width = level_width(config_, level);
        for (int block = 0; block < blocks; ++block) {
            stage.resnets.push_back(
                add_resnet(name_in("up", level, "resnet", block), here + skips.back(), width));
            skips.pop_back();
            here = width;
            stage.attentions.push_back(has_up_attention(config_, level) && attention_follows(block, blocks)
                                           ? add_attention(name_in("up", level, "attention", block), here)
                                           : AttentionBlock(nullptr));
        }
        up_.push_back(std::move(stage));
    }
}

void UNetImpl::add_output(int channels) {
    std::int64_t here = level_width(config_, 0);
    if (config_.final_resnet_block) {
        final_resnet_ = add_resnet("final_resnet", here, first_width(config_));
        here = first_width(config_);
    }
    const std::int64_t p = config_.patch_size;
    output_norm_ = register_module(
        "conv_norm_out", nn::GroupNorm(nn::GroupNormOptions(config_.groups, here).eps(config_.norm_eps)));
    output_ = register_module(
        "conv_out",
        nn::Conv2d(nn::Conv2dOptions(here, output_channels(config_, channels) * p * p, 3).padding(1)));
    // The first prediction is 0 everywhere, so the loss starts at the mean square of the target and not above
    // it.
    nn::init::zeros_(output_->weight);
    nn::init::zeros_(output_->bias);
}

torch::Tensor UNetImpl::embed_class(const torch::Tensor& t, torch::Tensor labels) {
    if (!labels.defined()) {
        if (!config_.unlabelled_class)
            throw Error{"Cannot evaluate the network without a class",
                        "it has " + std::to_string(config_.classes) + " classes and none for \"no label\"",
                        "Choose a class"};
        labels = torch::full_like(t, config_.classes);
    }
    return class_table_.is_empty() ? class_layers_(time_projection_(labels)) : class_table_(labels);
}

torch::Tensor UNetImpl::embed(const torch::Tensor& t, const torch::Tensor& labels) {
    auto embedding = time_embedding_(time_projection_(t));
    if (config_.classes > 0) embedding = embedding + embed_class(t, labels);
    return activate(embedding, config_.activation);
}

torch::Tensor UNetImpl::forward(const torch::Tensor& x_t, const torch::Tensor& t,
                                const torch::Tensor& labels) {
    if (config_.classes == 0 && labels.defined())
        throw Error{"Cannot evaluate the network for a class", "it has no classes",
                    "Omit the class, or choose a model that was trained with classes"};
    if (!annotated_.is_empty())
        return annotated_(x_t, t, config_.classes > 0 ? embed_class(t, labels) : torch::Tensor());
    const auto time = embed(t, labels);
    auto h = input_(config_.center_input_sample ? 2 * x_t - 1 : x_t);
    std::vector<torch::Tensor> skips = {h};
    for (Stage& stage : down_) {
        for (std::size_t block = 0; block < stage.resnets.size(); ++block) {
            h = stage.resnets[block](h, time);
            if (!stage.attentions[block].is_empty()) h = stage.attentions[block](h);
            skips.push_back(h);
            check_stop_at(h);
        }
        if (!stage.downsample.is_empty()) skips.push_back(h = stage.downsample(h));
        if (!stage.resnet_downsample.is_empty())
            skips.push_back(h = stage.resnet_downsample->forward_resampled(h, time));
    }

    if (!bottleneck_1_.is_empty()) {
        h = bottleneck_1_(h, time);
        if (!bottleneck_attention_.is_empty()) h = bottleneck_attention_(h);
        check_stop_at(h);
        h = bottleneck_2_(h, time);
        check_stop_at(h);
    }

    for (Stage& stage : up_) {
        const std::int64_t height = skips.back().size(2), width = skips.back().size(3);
        if (!stage.upsample.is_empty()) h = stage.upsample(h, height, width);
        if (!stage.resnet_upsample.is_empty())
            h = stage.resnet_upsample->forward_resampled(h, time, height, width);
        for (std::size_t block = 0; block < stage.resnets.size(); ++block) {
            h = stage.resnets[block](torch::cat({h, skips.back()}, 1), time);
            skips.pop_back();
            if (!stage.attentions[block].is_empty()) h = stage.attentions[block](h);
            check_stop_at(h);
        }
    }

    if (!final_resnet_.is_empty()) h = final_resnet_(h, time);
    h = output_(normalize_and_activate(output_norm_, h, {}, Activation::silu));
    if (config_.patch_size > 1) h = torch::pixel_shuffle(h, config_.patch_size);
    return config_.time_embedding == TimeEmbeddingKind::fourier ? h / positive_time(t).view({-1, 1, 1, 1})
                                                                : h;
}

}  // namespace denoise
