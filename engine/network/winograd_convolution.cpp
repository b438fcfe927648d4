#include "engine/network/winograd_convolution.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "engine/network/winograd_kernels.h"

namespace denoise {
namespace {

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

torch::Tensor as_channels_last(const torch::Tensor& x) {
    return x.contiguous(channels_last);
}

/// Calls f(begin, end) for parts of 0..count in multiples of `step`.
template <class F>
void in_parallel(std::int64_t count, std::int64_t step, const F& f) {
    at::parallel_for(0, (count + step - 1) / step, 1, [&](std::int64_t begin, std::int64_t end) {
        f(begin * step, std::min(end * step, count));
    });
}

torch::Tensor transformed_weights(const torch::Tensor& weight, bool mirrored) {
    const std::int64_t K = weight.size(0), C = weight.size(1);
    const auto w = as_channels_last(weight);
    auto transformed = torch::empty({winograd::points * C * K});
    auto* const transform = mirrored ? winograd::transform_mirrored_weights : winograd::transform_weights;
    in_parallel(mirrored ? C : K, winograd::channel_multiple, [&](std::int64_t begin, std::int64_t end) {
        transform(w.const_data_ptr<float>(), C, K, begin, end, transformed.data_ptr<float>());
    });
    return transformed;
}

ConvolutionShape shape_of(const torch::Tensor& x, std::int64_t out) {
    return {x.size(0), x.size(2), x.size(3), x.size(1), out};
}

torch::Tensor convolve(const torch::Tensor& x, const torch::Tensor& transformed, std::int64_t out,
                       const torch::Tensor& bias, const torch::Tensor& added) {
    const ConvolutionShape shape = shape_of(x, out);
    auto y = torch::empty({shape.images, out, shape.height, shape.width},
                          x.options().memory_format(channels_last));
    in_parallel(shape.tiles(), 1, [&](std::int64_t begin, std::int64_t end) {
        winograd::convolve(shape, x.const_data_ptr<float>(), transformed.const_data_ptr<float>(),
                           bias.defined() ? bias.const_data_ptr<float>() : nullptr,
                           added.defined() ? added.const_data_ptr<float>() : nullptr, begin, end,
                           y.data_ptr<float>());
    });
    return y;
}

}  // namespace

bool supports_winograd(const torch::Tensor& x, const torch::Tensor& weight) {
    return x.dim() == 4 && x.device().is_cpu() && x.scalar_type() == torch::kFloat32 &&
           weight.scalar_type() == torch::kFloat32 && x.is_contiguous(channels_last) && weight.size(2) == 3 &&
           weight.size(3) == 3 && weight.size(0) % winograd::channel_multiple == 0 &&
           weight.size(1) % winograd::channel_multiple == 0;
}

torch::Tensor winograd_convolution(const torch::Tensor& x, const torch::Tensor& weight,
                                   const torch::Tensor& bias, const torch::Tensor& added) {
    return convolve(x, transformed_weights(weight, false), weight.size(0), bias,
                    added.defined() ? as_channels_last(added) : added);
}

torch::Tensor winograd_input_gradient(const torch::Tensor& dy, const torch::Tensor& weight) {
    return convolve(as_channels_last(dy), transformed_weights(weight, true), weight.size(1), {}, {});
}

std::pair<torch::Tensor, torch::Tensor> winograd_weight_gradient(const torch::Tensor& x,
                                                                 const torch::Tensor& dy_in_any_layout) {
    const auto dy = as_channels_last(dy_in_any_layout);
    const ConvolutionShape shape = shape_of(x, dy.size(1));
    const std::int64_t C = shape.in, K = shape.out, all = shape.tiles();
    const std::int64_t most = std::min<std::int64_t>(all, 128);
    const auto sums = torch::zeros({winograd::points * C * K});
    auto bias = torch::zeros({K});
    const auto inputs = torch::empty({winograd::TransformedTiles::size(most, C)});
    const auto gradients = torch::empty({winograd::TransformedTiles::size(most, K)});
    for (std::int64_t first = 0; first < all; first += most) {
        const winograd::TransformedTiles tiles{first, std::min(most, all - first), inputs.data_ptr<float>(),
                                               gradients.data_ptr<float>()};
        in_parallel(tiles.tiles, 1, [&](std::int64_t begin, std::int64_t end) {
            winograd::transform_tiles(shape, x.const_data_ptr<float>(), dy.const_data_ptr<float>(), tiles,
                                      begin, end);
        });
        in_parallel(winograd::points, 1, [&](std::int64_t begin, std::int64_t end) {
            winograd::add_products(shape, tiles, begin, end, sums.data_ptr<float>());
        });
        winograd::add_gradients(shape, tiles, bias.data_ptr<float>());
    }
    auto gradient = torch::empty({K, C, 3, 3}, x.options().memory_format(channels_last));
    in_parallel(K, 1, [&](std::int64_t begin, std::int64_t end) {
        winograd::gradient_of_weights(sums.const_data_ptr<float>(), C, K, begin, end,
                                      gradient.data_ptr<float>());
    });
    return {gradient, bias};
}

}  // namespace denoise
