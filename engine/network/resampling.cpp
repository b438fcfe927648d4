#include "engine/network/resampling.h"

#include "engine/network/convolution.h"

namespace denoise {
namespace nn = torch::nn;

DownsampleImpl::DownsampleImpl(std::int64_t channels, std::int64_t padding)
    : padding_(padding),
      conv_(register_module(
          "conv", nn::Conv2d(nn::Conv2dOptions(channels, channels, 3).stride(2).padding(padding)))) {}

torch::Tensor DownsampleImpl::forward(const torch::Tensor& x) {
    return conv_(padding_ == 0 ? torch::constant_pad_nd(x, {0, 1, 0, 1}) : x);
}

UpsampleImpl::UpsampleImpl(std::int64_t channels)
    : conv_(register_module("conv", nn::Conv2d(nn::Conv2dOptions(channels, channels, 3).padding(1)))) {}

torch::Tensor UpsampleImpl::forward(const torch::Tensor& x, std::int64_t height, std::int64_t width) {
    return convolve_3x3(conv_, at::upsample_nearest2d(x, {height, width}));
}

}  // namespace denoise
