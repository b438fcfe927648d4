#include "engine/diffusion/timestep_sampler.h"

#include <algorithm>

namespace denoise {

torch::Tensor log_snr_probabilities(const torch::Tensor& snr) {
    // The mass between the midpoints of neighbouring values of log SNR, which falls with t. The first and the
    // last interval end half a step outside.
    const auto log_snr = snr.to(torch::kFloat64).clamp(1e-12, 1e12).log();
    const auto middle = (log_snr.slice(0, 1) + log_snr.slice(0, 0, -1)) / 2;
    const auto first = 2 * log_snr.slice(0, 0, 1) - middle.slice(0, 0, 1);
    const auto last = 2 * log_snr.slice(0, -1) - middle.slice(0, -1);
    const auto below = torch::special::ndtr(torch::cat({first, middle, last}) / log_snr_deviation);
    const auto mass = below.slice(0, 0, -1) - below.slice(0, 1);
    return mass / mass.sum();
}

torch::Tensor timesteps_at(const torch::Tensor& cumulative, const torch::Tensor& u) {
    return torch::searchsorted(cumulative, u.to(torch::kFloat64), false, true)
        .clamp_max(cumulative.size(0) - 1);
}

LossSecondMomentSampler::LossSecondMomentSampler(int timesteps)
    : history_(torch::zeros({timesteps, history_length})), filled_(torch::zeros({timesteps})) {}

bool LossSecondMomentSampler::warmed_up() const {
    return filled_.min().item<float>() >= history_length;
}

torch::Tensor LossSecondMomentSampler::probabilities() const {
    const std::int64_t T = history_.size(0);
    const auto uniform = torch::full({T}, 1.0 / static_cast<double>(T), torch::kFloat64);
    if (!warmed_up()) return uniform;
    const auto root = history_.to(torch::kFloat64).square().mean(1).sqrt();
    const double sum = root.sum().item<double>();
    if (!(sum > 0)) return uniform;
    return root * ((1 - uniform_share) / sum) + uniform * uniform_share;
}

LossSecondMomentSampler::Draw LossSecondMomentSampler::draw(const torch::Tensor& u) const {
    const std::int64_t T = history_.size(0);
    const auto p = probabilities();
    const auto t = timesteps_at(p.cumsum(0), u);
    return {t, (1.0 / (static_cast<double>(T) * p.index_select(0, t))).to(torch::kFloat32)};
}

void LossSecondMomentSampler::note(const torch::Tensor& t, const torch::Tensor& losses) {
    const auto timesteps = t.accessor<std::int64_t, 1>();
    const auto values = losses.accessor<float, 1>();
    auto history = history_.accessor<float, 2>();
    auto filled = filled_.accessor<float, 1>();
    for (std::int64_t i = 0; i < t.size(0); ++i) {
        const std::int64_t row = timesteps[i];
        const int count = static_cast<int>(filled[row]);
        if (count < history_length) {
            history[row][count] = values[i];
            filled[row] += 1;
            continue;
        }
        for (int k = 0; k + 1 < history_length; ++k) history[row][k] = history[row][k + 1];
        history[row][history_length - 1] = values[i];
    }
}

void LossSecondMomentSampler::restore(const torch::Tensor& history, const torch::Tensor& filled) {
    history_.copy_(history);
    filled_.copy_(filled);
}

}  // namespace denoise
