#include "engine/diffusion/objective.h"

namespace denoise {

torch::Tensor simple_loss(LossKind kind, const torch::Tensor& prediction, const torch::Tensor& target) {
    torch::Tensor loss;
    switch (kind) {
        case LossKind::mse:
            loss = torch::mse_loss(prediction, target, at::Reduction::None);
            break;
        case LossKind::huber:
            loss = torch::smooth_l1_loss(prediction, target, at::Reduction::None);
            break;
        case LossKind::l1:
            loss = torch::l1_loss(prediction, target, at::Reduction::None);
            break;
    }
    return loss.flatten(1).mean(1);
}

torch::Tensor min_snr_weights(Prediction kind, const torch::Tensor& snr, double gamma) {
    const auto capped = snr.clamp_max(gamma);
    switch (kind) {
        case Prediction::eps:
            return torch::where(snr > 0, capped / snr,
                                1.0);  // 0/0 at zero terminal SNR, where the limit is 1
        case Prediction::x0:
            return capped;
        case Prediction::v:
            return capped / (snr + 1);
    }
    return capped;
}

}  // namespace denoise
