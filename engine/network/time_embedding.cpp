#include "engine/network/time_embedding.h"

#include <cmath>

namespace denoise {

torch::Tensor sinusoidal_embedding(const torch::Tensor& t, std::int64_t dimension) {
    const std::int64_t half = dimension / 2;
    const double scale = std::log(10000.0) / static_cast<double>(std::max<std::int64_t>(half - 1, 1));
    // float64 for the angles: at t = 999 float32 would lose the fourth digit of the fastest ones
    const auto frequencies = torch::exp(torch::arange(half, torch::kFloat64) * -scale);
    const auto angles = t.to(torch::kFloat64).unsqueeze(1) * frequencies.unsqueeze(0);
    return torch::cat({angles.sin(), angles.cos()}, 1).to(torch::kFloat32);
}

TimeEmbeddingImpl::TimeEmbeddingImpl(std::int64_t dimension)
    : dimension_(dimension),
      linear_1_(register_module("linear_1", torch::nn::Linear(dimension, 4 * dimension))),
      linear_2_(register_module("linear_2", torch::nn::Linear(4 * dimension, 4 * dimension))) {}

torch::Tensor TimeEmbeddingImpl::forward(const torch::Tensor& t) {
    return linear_2_(torch::silu(linear_1_(sinusoidal_embedding(t, dimension_))));
}

}  // namespace denoise
