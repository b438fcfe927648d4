#include "engine/diffusion/prediction.h"

namespace denoise {

Prediction read_output(PredictionType type, const torch::Tensor& output, const torch::Tensor& x_t,
                       const NoiseLevel& level, Clipping clipping) {
    Prediction prediction{x0_of(type, output, x_t, level.alpha, level.sigma), {}};
    if (clipping == Clipping::range) prediction.x0 = prediction.x0.clamp(-1.0, 1.0);
    if (clipping == Clipping::dynamic) prediction.x0 = dynamic_threshold(prediction.x0);
    // Without clipping, eps is the output itself, or sigma x_t + alpha v, which loses no digits at low noise.
    if (clipping == Clipping::none && type == PredictionType::eps)
        prediction.eps = output;
    else if (clipping == Clipping::none && type == PredictionType::v)
        prediction.eps = level.sigma * x_t + level.alpha * output;
    else
        prediction.eps = (x_t - level.alpha * prediction.x0) / level.sigma;
    return prediction;
}

torch::Tensor dynamic_threshold(const torch::Tensor& x0) {
    const torch::Tensor sizes = x0.abs().flatten(1);
    const std::int64_t count = sizes.size(1);
    const double rank = 0.995 * static_cast<double>(count - 1);
    const auto below = static_cast<std::int64_t>(rank);
    // Such a high quantile needs only the largest values. topk() supports batches of any size.
    const torch::Tensor largest = std::get<0>(sizes.topk(count - below, 1));
    const torch::Tensor low = largest.select(1, count - below - 1);
    torch::Tensor quantile = low;
    if (below + 1 < count)
        quantile = low.lerp(largest.select(1, count - below - 2), rank - static_cast<double>(below));
    std::vector<std::int64_t> per_image(static_cast<std::size_t>(x0.dim()), 1);
    per_image[0] = x0.size(0);
    return x0.div(quantile.clamp_min(1.0).view(per_image)).clamp_(-1.0, 1.0);
}

}  // namespace denoise
