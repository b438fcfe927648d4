#include "engine/diffusion/prediction.h"

#include <cmath>

#include "engine/diffusion/noise_level.h"

namespace denoise {

torch::Tensor prediction_target(Prediction kind, const torch::Tensor& x0, const torch::Tensor& eps,
                                const torch::Tensor& a, const torch::Tensor& s) {
    switch (kind) {
        case Prediction::eps:
            return eps;
        case Prediction::x0:
            return x0;
        case Prediction::v:
            return a * eps - s * x0;
    }
    return eps;
}

torch::Tensor predicted_x0(Prediction kind, const torch::Tensor& output, const torch::Tensor& x_t,
                           const torch::Tensor& a, const torch::Tensor& s) {
    switch (kind) {
        case Prediction::eps:
            return (x_t - s * output) / a;
        case Prediction::x0:
            return output;
        case Prediction::v:
            return a * x_t - s * output;
    }
    return output;
}

Denoised read_prediction(Prediction kind, const torch::Tensor& output, const torch::Tensor& x_t,
                         double alpha_bar, Clipping clipping) {
    const double a = std::sqrt(alpha_bar), s = std::sqrt(1.0 - alpha_bar);
    Denoised found;
    switch (kind) {
        case Prediction::eps:
            found.x0 = torch::sub(x_t, output, s).div_(std::sqrt(above_zero(alpha_bar)));
            break;
        case Prediction::x0:
            found.x0 = output;
            break;
        case Prediction::v:
            found.x0 = torch::mul(x_t, a).sub_(output, s);
            break;
    }
    if (clipping != Clipping::none) {
        found.x0 = clipping == Clipping::range ? found.x0.clamp(-1.0, 1.0) : dynamic_threshold(found.x0);
        found.eps = torch::sub(x_t, found.x0, a).div_(s);
        return found;
    }
    switch (kind) {
        case Prediction::eps:
            found.eps = output;
            break;
        case Prediction::x0:
            found.eps = torch::sub(x_t, output, a).div_(s);
            break;
        case Prediction::v:
            found.eps = torch::mul(x_t, s).add_(output, a);
            break;
    }
    return found;
}

torch::Tensor dynamic_threshold(const torch::Tensor& x0) {
    const torch::Tensor sizes = x0.abs().flatten(1);
    const std::int64_t count = sizes.size(1);
    const double rank = 0.995 * static_cast<double>(count - 1);
    const auto below = static_cast<std::int64_t>(rank);
    // Only the few largest have to be sorted for a quantile so high; topk() also takes batches of any size.
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
