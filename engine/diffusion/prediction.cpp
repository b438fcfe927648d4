#include "engine/diffusion/prediction.h"

#include <cmath>

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

Denoised read_prediction(Prediction kind, const torch::Tensor& output, const torch::Tensor& x_t,
                         double alpha_bar, bool clip) {
    const double a = std::sqrt(alpha_bar), s = std::sqrt(1.0 - alpha_bar);
    Denoised result;
    switch (kind) {
        case Prediction::eps:
            result = {(x_t - s * output) / a, output};
            break;
        case Prediction::x0:
            result = {output, (x_t - a * output) / s};
            break;
        case Prediction::v:
            result = {a * x_t - s * output, s * x_t + a * output};
            break;
    }
    if (clip) {
        result.x0 = result.x0.clamp(-1.0, 1.0);
        result.eps = (x_t - a * result.x0) / s;
    }
    return result;
}

}  // namespace denoise
