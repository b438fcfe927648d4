#include "engine/network/resnet_block.h"

#include "engine/network/activation.h"
#include "engine/network/convolution.h"

namespace denoise {
namespace nn = torch::nn;
namespace {

nn::Conv2d convolution_3x3(std::int64_t in, std::int64_t out) {
    return nn::Conv2d(nn::Conv2dOptions(in, out, 3).padding(1));
}
nn::GroupNorm group_norm(const ResNetOptions& options, std::int64_t channels) {
    return nn::GroupNorm(nn::GroupNormOptions(options.groups, channels).eps(options.norm_eps));
}
std::int64_t projected(const ResNetOptions& options) {
    return options.time_scale_shift == TimeScaleShift::scale_shift ? 2 * options.out : options.out;
}

}  // namespace

ResNetBlockImpl::ResNetBlockImpl(const ResNetOptions& options)
    : options_(options),
      norm1_(register_module("norm1", group_norm(options, options.in))),
      norm2_(register_module("norm2", group_norm(options, options.out))),
      conv1_(register_module("conv1", convolution_3x3(options.in, options.out))),
      conv2_(register_module("conv2", convolution_3x3(options.out, options.out))),
      time_projection_(
          register_module("time_emb_proj", nn::Linear(options.time_dimension, projected(options)))),
      dropout_(register_module("dropout", nn::Dropout(options.dropout))) {
    if (options.in != options.out)
        shortcut_ =
            register_module("conv_shortcut", nn::Conv2d(nn::Conv2dOptions(options.in, options.out, 1)));
    nn::init::zeros_(conv2_->weight);
    nn::init::zeros_(conv2_->bias);
}

torch::Tensor ResNetBlockImpl::forward(const torch::Tensor& x, const torch::Tensor& activated_time) {
    return after_first_activation(normalize_and_activate(norm1_, x, {}, options_.activation), x,
                                  activated_time);
}

torch::Tensor ResNetBlockImpl::forward_resampled(const torch::Tensor& x, const torch::Tensor& activated_time,
                                                 std::int64_t height, std::int64_t width) {
    const auto resample = [&](const torch::Tensor& y) {
        return options_.resampling == Resampling::down ? at::avg_pool2d(y, {2, 2}, {2, 2})
                                                       : at::upsample_nearest2d(y, {height, width});
    };
    const auto h = normalize_and_activate(norm1_, x, {}, options_.activation);
    return after_first_activation(resample(h), resample(x), activated_time);
}

torch::Tensor ResNetBlockImpl::after_first_activation(torch::Tensor h, const torch::Tensor& x,
                                                      const torch::Tensor& activated_time) {
    h = convolve_3x3(conv1_, h);
    const auto time = time_projection_(activated_time);
    if (options_.time_scale_shift == TimeScaleShift::scale_shift) {
        const auto scale_and_shift = time.unsqueeze(-1).unsqueeze(-1).chunk(2, 1);
        h = activate(norm2_(h) * (1 + scale_and_shift[0]) + scale_and_shift[1], options_.activation);
    } else {
        h = normalize_and_activate(norm2_, h, time, options_.activation);
    }
    if (dropout_->options.p() > 0) h = dropout_(h);
    h = convolve_3x3(conv2_, h, shortcut_.is_empty() ? x : shortcut_(x));
    return options_.output_scale == 1.0 ? h : h / options_.output_scale;
}

}  // namespace denoise
