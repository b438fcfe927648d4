#include "engine/network/annotated_unet.h"

#include <cmath>

#include "engine/network/attention.h"
#include "engine/network/stop_check.h"

namespace denoise {
namespace nn = torch::nn;
namespace {

constexpr std::int64_t heads = 4, head_width = 32, inner = heads * head_width;

nn::Conv2d convolution(std::int64_t in, std::int64_t out, std::int64_t kernel, bool bias = true) {
    return nn::Conv2d(nn::Conv2dOptions(in, out, kernel).padding(kernel / 2).bias(bias));
}

}  // namespace

StandardizedBlockImpl::StandardizedBlockImpl(std::int64_t in, std::int64_t out, std::int64_t groups)
    : conv_(register_module("proj", convolution(in, out, 3))),
      norm_(register_module("norm", nn::GroupNorm(nn::GroupNormOptions(groups, out)))) {}

torch::Tensor StandardizedBlockImpl::forward(const torch::Tensor& x, const torch::Tensor& scale,
                                             const torch::Tensor& shift) {
    constexpr double eps = 1e-5;
    const torch::Tensor& weight = conv_->weight;
    const auto centred = weight - weight.mean({1, 2, 3}, true);
    const auto standardized = centred * (centred.square().mean({1, 2, 3}, true) + eps).rsqrt();
    auto h = norm_(torch::conv2d(x, standardized, conv_->bias, 1, 1));
    if (scale.defined()) h = h * (scale + 1) + shift;
    return torch::silu(h);
}

StandardizedResNetImpl::StandardizedResNetImpl(std::int64_t in, std::int64_t out, std::int64_t time_dimension,
                                               std::int64_t groups)
    : time_projection_(register_module("time_emb_proj", nn::Linear(time_dimension, 2 * out))),
      block1_(register_module("block1", StandardizedBlock(in, out, groups))),
      block2_(register_module("block2", StandardizedBlock(out, out, groups))) {
    if (in != out) shortcut_ = register_module("conv_shortcut", convolution(in, out, 1));
}

torch::Tensor StandardizedResNetImpl::forward(const torch::Tensor& x, const torch::Tensor& activated_time) {
    const auto scale_and_shift = time_projection_(activated_time).unsqueeze(-1).unsqueeze(-1).chunk(2, 1);
    return block2_(block1_(x, scale_and_shift[0], scale_and_shift[1])) +
           (shortcut_.is_empty() ? x : shortcut_(x));
}

PreNormAttentionImpl::PreNormAttentionImpl(std::int64_t channels, bool linear)
    : linear_(linear),
      norm_(register_module("norm", nn::GroupNorm(nn::GroupNormOptions(1, channels)))),
      to_qkv_(register_module("to_qkv", convolution(channels, 3 * inner, 1, false))),
      to_out_(register_module("to_out", convolution(inner, channels, 1))) {
    if (linear)
        output_norm_ = register_module("output_norm", nn::GroupNorm(nn::GroupNormOptions(1, channels)));
}

torch::Tensor PreNormAttentionImpl::forward(const torch::Tensor& x) {
    const std::int64_t B = x.size(0), H = x.size(2), W = x.size(3);
    const auto qkv = to_qkv_(norm_(x)).reshape({B, 3, heads, head_width, H * W}).unbind(1);
    torch::Tensor mixed;  // [B,heads,head_width,HW]
    if (linear_) {
        const auto q = qkv[0].softmax(2) * std::pow(head_width, -0.5);
        const auto summary = torch::matmul(qkv[1].softmax(3), qkv[2].transpose(2, 3));  // [B,heads,d,e]
        mixed = torch::matmul(summary.transpose(2, 3), q);
    } else {
        const auto tokens = [&](int part) { return qkv[static_cast<std::size_t>(part)].transpose(2, 3); };
        mixed = attend(tokens(0), tokens(1), tokens(2)).transpose(2, 3);
    }
    const auto out = to_out_(mixed.reshape({B, inner, H, W}));
    return x + (output_norm_.is_empty() ? out : output_norm_(out));
}

AnnotatedUNetImpl::Stage AnnotatedUNetImpl::add_stage(const std::string& name, std::int64_t in,
                                                      std::int64_t out) {
    Stage stage;
    stage.resnet_1 = register_module(name + "_resnet_0", StandardizedResNet(in, out, 4 * base_, groups_));
    stage.resnet_2 = register_module(name + "_resnet_1", StandardizedResNet(in, out, 4 * base_, groups_));
    stage.attention = register_module(name + "_attention", PreNormAttention(out, true));
    return stage;
}

AnnotatedUNetImpl::AnnotatedUNetImpl(const UNetConfig& config, int channels)
    : base_(first_width(config)), groups_(config.groups) {
    const std::int64_t time = 4 * base_;
    const int levels = level_count(config);
    const auto width_before = [&](int level) { return level == 0 ? base_ : level_width(config, level - 1); };
    input_ = register_module("conv_in", convolution(channels, base_, 1));
    time_1_ = register_module("time_linear_1", nn::Linear(base_, time));
    time_2_ = register_module("time_linear_2", nn::Linear(time, time));
    for (int level = 0; level < levels; ++level) {
        const std::string name = "down_" + std::to_string(level);
        const std::int64_t in = width_before(level), out = level_width(config, level);
        down_.push_back(add_stage(name, in, in));
        down_.back().resample = register_module(
            name + "_resample", level + 1 < levels ? convolution(4 * in, out, 1) : convolution(in, out, 3));
    }
    const std::int64_t middle = level_width(config, levels - 1);
    bottleneck_1_ = register_module("bottleneck_resnet_0", StandardizedResNet(middle, middle, time, groups_));
    bottleneck_attention_ = register_module("bottleneck_attention", PreNormAttention(middle, false));
    bottleneck_2_ = register_module("bottleneck_resnet_1", StandardizedResNet(middle, middle, time, groups_));
    for (int level = levels - 1; level >= 0; --level) {
        const std::string name = "up_" + std::to_string(level);
        const std::int64_t in = width_before(level), out = level_width(config, level);
        up_.push_back(add_stage(name, out + in, out));
        up_.back().resample = register_module(name + "_resample", convolution(out, in, 3));
    }
    final_resnet_ = register_module("final_resnet", StandardizedResNet(2 * base_, base_, time, groups_));
    output_ = register_module("conv_out", convolution(base_, output_channels(config, channels), 1));
}

torch::Tensor AnnotatedUNetImpl::forward(const torch::Tensor& x_t, const torch::Tensor& t,
                                         const torch::Tensor& class_embedding) {
    auto embedding = time_2_(torch::gelu(time_1_(sinusoidal_embedding(t, base_))));
    if (class_embedding.defined()) embedding = embedding + class_embedding;
    const auto time = torch::silu(embedding);
    auto h = input_(x_t);
    const auto first = h;
    std::vector<torch::Tensor> skips;
    for (std::size_t i = 0; i < down_.size(); ++i) {
        Stage& stage = down_[i];
        skips.push_back(h = stage.resnet_1(h, time));
        skips.push_back(h = stage.attention(stage.resnet_2(h, time)));
        check_stop_at(h);
        h = stage.resample(i + 1 < down_.size() ? torch::pixel_unshuffle(h, 2) : h);
    }
    h = bottleneck_2_(bottleneck_attention_(bottleneck_1_(h, time)), time);
    check_stop_at(h);
    for (std::size_t i = 0; i < up_.size(); ++i) {
        Stage& stage = up_[i];
        for (StandardizedResNet* resnet : {&stage.resnet_1, &stage.resnet_2}) {
            h = (*resnet)(torch::cat({h, skips.back()}, 1), time);
            skips.pop_back();
        }
        h = stage.attention(h);
        check_stop_at(h);
        if (i + 1 < up_.size()) h = at::upsample_nearest2d(h, {2 * h.size(2), 2 * h.size(3)});
        h = stage.resample(h);
    }
    return output_(final_resnet_(torch::cat({h, first}, 1), time));
}

}  // namespace denoise
