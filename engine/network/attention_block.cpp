#include "engine/network/attention_block.h"

#include "engine/network/activation.h"
#include "engine/network/attention.h"

namespace denoise {
namespace nn = torch::nn;

AttentionBlockImpl::AttentionBlockImpl(const AttentionOptions& options) : options_(options) {
    const std::int64_t channels = options.channels;
    if (options.groups > 0)
        norm_ = register_module(
            "group_norm",
            nn::GroupNorm(nn::GroupNormOptions(options.groups, channels).eps(options.norm_eps)));
    to_qkv_ = register_module("to_qkv", nn::Linear(channels, 3 * channels));
    to_out_ = register_module("to_out", nn::Linear(channels, channels));
    nn::init::zeros_(to_out_->weight);
    nn::init::zeros_(to_out_->bias);
}

torch::Tensor AttentionBlockImpl::forward(const torch::Tensor& x) {
    const std::int64_t B = x.size(0), C = x.size(1), H = x.size(2), W = x.size(3), heads = options_.heads;
    const auto tokens = (norm_.is_empty() ? x : normalize(norm_, x)).flatten(2).transpose(1, 2);  // [B,HW,C]
    const auto qkv = to_qkv_(tokens)
                         .view({B, H * W, 3, heads, C / heads})
                         .permute({2, 0, 3, 1, 4});  // [3,B,heads,HW,C/heads]
    const auto mixed = attend(qkv[0], qkv[1], qkv[2]);
    const auto out = to_out_(mixed.transpose(1, 2).reshape({B, H * W, C}));
    const auto sum = x + out.transpose(1, 2).reshape({B, C, H, W});
    return options_.output_scale == 1.0 ? sum : sum / options_.output_scale;
}

}  // namespace denoise
