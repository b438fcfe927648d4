#include "engine/network/resnet_block.h"

namespace denoise {
namespace nn = torch::nn;
namespace {

nn::Conv2d convolution_3x3(std::int64_t in, std::int64_t out) {
    return nn::Conv2d(nn::Conv2dOptions(in, out, 3).padding(1));
}
nn::GroupNorm group_norm(std::int64_t groups, std::int64_t channels) {
    return nn::GroupNorm(nn::GroupNormOptions(groups, channels).eps(1e-6));
}

}  // namespace

ResNetBlockImpl::ResNetBlockImpl(std::int64_t in, std::int64_t out, std::int64_t time_dimension,
                                 std::int64_t groups, double dropout)
    : norm1_(register_module("norm1", group_norm(groups, in))),
      norm2_(register_module("norm2", group_norm(groups, out))),
      conv1_(register_module("conv1", convolution_3x3(in, out))),
      conv2_(register_module("conv2", convolution_3x3(out, out))),
      time_projection_(register_module("time_emb_proj", nn::Linear(time_dimension, out))),
      dropout_(register_module("dropout", nn::Dropout(dropout))) {
    if (in != out) shortcut_ = register_module("conv_shortcut", nn::Conv2d(nn::Conv2dOptions(in, out, 1)));
    nn::init::zeros_(conv2_->weight);
    nn::init::zeros_(conv2_->bias);
}

torch::Tensor ResNetBlockImpl::forward(const torch::Tensor& x, const torch::Tensor& activated_time) {
    auto h = conv1_(torch::silu(norm1_(x)));
    h = h + time_projection_(activated_time).unsqueeze(-1).unsqueeze(-1);
    h = torch::silu(norm2_(h));
    if (dropout_->options.p() > 0) h = dropout_(h);
    return conv2_(h) + (shortcut_.is_empty() ? x : shortcut_(x));
}

}  // namespace denoise
