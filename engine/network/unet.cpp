#include "engine/network/unet.h"

#include <algorithm>

namespace denoise {
namespace nn = torch::nn;

UNetImpl::UNetImpl(const UNetConfig& config, int channels, int height, int width) : config_(config) {
    check_unet(config, height, width);
    const std::int64_t base = config.base_width, time = 4 * base, p = config.patch_size;
    const int levels = static_cast<int>(config.multipliers.size());
    const auto width_of = [&](int level) {
        return base * config.multipliers[static_cast<std::size_t>(level)];
    };
    const auto resnet = [&](const std::string& name, std::int64_t in, std::int64_t out) {
        return register_module(name, ResNetBlock(in, out, time, config.groups, config.dropout));
    };
    const auto attention = [&](const std::string& name, std::int64_t width_here) {
        return register_module(name, AttentionBlock(width_here, config.attention_heads, config.groups));
    };
    const auto has_attention = [&](int level, int block, int last_block) {
        return std::ranges::count(config.attention_levels, level) > 0 &&
               (config.attention_after_each_block || block == last_block);
    };
    // Module names may not hold dots, so a stage's index is part of its name.
    const auto name_in = [](const char* stage, int level, const char* part, int index) {
        return std::string(stage) + "_" + std::to_string(level) + "_" + part + "_" + std::to_string(index);
    };

    input_ = register_module("conv_in", p == 1 ? nn::Conv2d(nn::Conv2dOptions(channels, base, 3).padding(1))
                                               : nn::Conv2d(nn::Conv2dOptions(channels, base, p).stride(p)));
    time_embedding_ = register_module("time_embedding", TimeEmbedding(base));

    std::vector<std::int64_t> skips = {base};
    std::int64_t here = base;
    for (int level = 0; level < levels; ++level) {
        Stage stage;
        for (int block = 0; block < config.resnet_blocks; ++block) {
            stage.resnets.push_back(resnet(name_in("down", level, "resnet", block), here, width_of(level)));
            here = width_of(level);
            stage.attentions.push_back(has_attention(level, block, config.resnet_blocks - 1)
                                           ? attention(name_in("down", level, "attention", block), here)
                                           : AttentionBlock(nullptr));
            skips.push_back(here);
        }
        if (level + 1 < levels) {
            stage.downsample =
                register_module("down_" + std::to_string(level) + "_downsample", Downsample(here));
            skips.push_back(here);
        }
        down_.push_back(std::move(stage));
    }

    bottleneck_1_ = resnet("bottleneck_resnet_0", here, here);
    bottleneck_attention_ = attention("bottleneck_attention", here);
    bottleneck_2_ = resnet("bottleneck_resnet_1", here, here);

    for (int level = levels - 1; level >= 0; --level) {
        Stage stage;
        if (level + 1 < levels)
            stage.upsample = register_module("up_" + std::to_string(level) + "_upsample", Upsample(here));
        for (int block = 0; block <= config.resnet_blocks; ++block) {
            stage.resnets.push_back(
                resnet(name_in("up", level, "resnet", block), here + skips.back(), width_of(level)));
            skips.pop_back();
            here = width_of(level);
            stage.attentions.push_back(has_attention(level, block, config.resnet_blocks)
                                           ? attention(name_in("up", level, "attention", block), here)
                                           : AttentionBlock(nullptr));
        }
        up_.push_back(std::move(stage));
    }

    if (config.final_resnet_block) {
        final_resnet_ = resnet("final_resnet", here, base);
        here = base;
    }
    output_norm_ =
        register_module("conv_norm_out", nn::GroupNorm(nn::GroupNormOptions(config.groups, here).eps(1e-6)));
    output_ =
        register_module("conv_out", nn::Conv2d(nn::Conv2dOptions(here, channels * p * p, 3).padding(1)));
    // The first answer is 0 everywhere, whose loss is that of knowing nothing: training starts without a
    // bump.
    nn::init::zeros_(output_->weight);
    nn::init::zeros_(output_->bias);
}

torch::Tensor UNetImpl::forward(const torch::Tensor& x_t, const torch::Tensor& t) {
    const auto time = torch::silu(time_embedding_(t));
    auto h = input_(x_t);
    std::vector<torch::Tensor> skips = {h};
    for (Stage& stage : down_) {
        for (std::size_t block = 0; block < stage.resnets.size(); ++block) {
            h = stage.resnets[block](h, time);
            if (!stage.attentions[block].is_empty()) h = stage.attentions[block](h);
            skips.push_back(h);
        }
        if (!stage.downsample.is_empty()) {
            h = stage.downsample(h);
            skips.push_back(h);
        }
    }

    h = bottleneck_1_(h, time);
    h = bottleneck_attention_(h);
    h = bottleneck_2_(h, time);

    for (Stage& stage : up_) {
        if (!stage.upsample.is_empty()) h = stage.upsample(h, skips.back().size(2), skips.back().size(3));
        for (std::size_t block = 0; block < stage.resnets.size(); ++block) {
            h = stage.resnets[block](torch::cat({h, skips.back()}, 1), time);
            skips.pop_back();
            if (!stage.attentions[block].is_empty()) h = stage.attentions[block](h);
        }
    }

    if (!final_resnet_.is_empty()) h = final_resnet_(h, time);
    h = output_(torch::silu(output_norm_(h)));
    return config_.patch_size > 1 ? torch::pixel_shuffle(h, config_.patch_size) : h;
}

}  // namespace denoise
