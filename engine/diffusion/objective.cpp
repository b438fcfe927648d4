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

}  // namespace denoise
