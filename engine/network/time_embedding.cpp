#include "engine/network/time_embedding.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace denoise {
namespace {

constexpr double fourier_scale = 16;  // standard deviation of the random frequencies, as in Song et al.

torch::Tensor sines_and_cosines(const torch::Tensor& angles, bool cosine_first) {
    return cosine_first ? torch::cat({angles.cos(), angles.sin()}, 1)
                        : torch::cat({angles.sin(), angles.cos()}, 1);
}

}  // namespace

// In float32 and in this order of operations, as in the code that published networks were trained with: at t
// = 999, exact angles differ in the fifth digit.
torch::Tensor sinusoidal_embedding(const torch::Tensor& t, std::int64_t dimension, bool cosine_first,
                                   int freq_shift) {
    const std::int64_t half = dimension / 2;
    const auto numbers = torch::arange(half, torch::dtype(torch::kFloat32).device(t.device()));
    const auto steps = static_cast<double>(std::max<std::int64_t>(half - freq_shift, 1));
    const auto frequencies = torch::exp(numbers * -std::log(10000.0) / steps);
    return sines_and_cosines(t.to(torch::kFloat32).unsqueeze(1) * frequencies.unsqueeze(0), cosine_first);
}

torch::Tensor positive_time(const torch::Tensor& t) {
    return t.to(torch::kFloat32).clamp_min(0.5);
}

TimeProjectionImpl::TimeProjectionImpl(const UNetConfig& config)
    : kind_(config.time_embedding),
      dimension_(first_width(config)),
      cosine_first_(config.flip_sin_to_cos),
      freq_shift_(config.freq_shift) {
    if (kind_ == TimeEmbeddingKind::fourier)
        weight_ = register_parameter("weight", torch::randn({dimension_}) * fourier_scale, false);
    if (kind_ == TimeEmbeddingKind::learned)
        weight_ = register_parameter("weight", torch::randn({config.learned_timesteps, dimension_}));
}

torch::Tensor TimeProjectionImpl::forward(const torch::Tensor& t) {
    switch (kind_) {
        case TimeEmbeddingKind::fourier:
            return sines_and_cosines(
                positive_time(t).log().unsqueeze(1) * weight_.unsqueeze(0) * 2 * std::numbers::pi, false);
        case TimeEmbeddingKind::learned:
            return torch::embedding(weight_, t);
        case TimeEmbeddingKind::positional:
            break;
    }
    return sinusoidal_embedding(t, dimension_, cosine_first_, freq_shift_);
}

EmbeddingLayersImpl::EmbeddingLayersImpl(std::int64_t in, std::int64_t out)
    : linear_1_(register_module("linear_1", torch::nn::Linear(in, out))),
      linear_2_(register_module("linear_2", torch::nn::Linear(out, out))) {}

torch::Tensor EmbeddingLayersImpl::forward(const torch::Tensor& embedding) {
    return linear_2_(torch::silu(linear_1_(embedding)));
}

}  // namespace denoise
