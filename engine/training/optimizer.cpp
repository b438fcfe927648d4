#include "engine/training/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace denoise {

AdamW::AdamW(const torch::Tensor& values, double beta2)
    : beta2_(beta2),
      first_moment_(torch::zeros_like(values)),
      second_moment_(torch::zeros_like(values)),
      steps_(torch::zeros({}, values.device())) {}

void AdamW::step(const torch::Tensor& values, const torch::Tensor& gradients, double learning_rate,
                 double weight_decay) {
    step(values, gradients, learning_rate, weight_decay, {{0, values.numel()}});
}

void AdamW::step(const torch::Tensor& values, const torch::Tensor& gradients, double learning_rate,
                 double weight_decay, const std::vector<BufferRange>& parts) {
    const torch::NoGradGuard no_grad;
    steps_ += 1;
    const auto in_parts = [&parts](const torch::Tensor& flat) {
        std::vector<torch::Tensor> views;
        for (const BufferRange& part : parts) views.push_back(flat.narrow(0, part.offset, part.size));
        return views;
    };
    at::_fused_adamw_(in_parts(values), in_parts(gradients), in_parts(first_moment_),
                      in_parts(second_moment_), {}, std::vector<torch::Tensor>(parts.size(), steps_),
                      learning_rate, 0.9, beta2_, weight_decay, 1e-8, false, false);
}

void AdamW::restore(const torch::Tensor& first_moment, const torch::Tensor& second_moment,
                    std::int64_t steps) {
    first_moment_.copy_(first_moment);
    second_moment_.copy_(second_moment);
    steps_.fill_(static_cast<double>(steps));
}

double clip_gradients(torch::Tensor gradients, double limit) {
    const double length = gradients.norm().item<double>();
    limit_gradients(std::move(gradients), length, limit);
    return length;
}

void limit_gradients(torch::Tensor gradients, double length, double limit) {
    if (limit > 0 && length > limit) gradients.mul_(limit / length);
}

double learning_rate_at(double fraction, double peak, double warmup, bool anneal) {
    fraction = std::clamp(fraction, 0.0, 1.0);
    if (fraction < warmup) return peak * fraction / warmup;
    if (!anneal || warmup >= 1) return peak;
    return peak * 0.5 * (1 + std::cos(std::numbers::pi * (fraction - warmup) / (1 - warmup)));
}

double ema_decay(std::int64_t step, double share) {
    return std::max(0.0, 1.0 - 1.0 / std::max(1.0, share * static_cast<double>(step)));
}

}  // namespace denoise
