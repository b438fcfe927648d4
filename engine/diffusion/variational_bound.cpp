#include "engine/diffusion/variational_bound.h"

#include <cmath>
#include <numbers>
#include <numeric>

#include "engine/base/cancelled.h"
#include "engine/diffusion/forward_process.h"
#include "engine/diffusion/prediction.h"

namespace denoise {
namespace {

/// Phi(x), exact: the complementary error function keeps its digits in the lower tail.
torch::Tensor normal_cdf(const torch::Tensor& x) {
    return 0.5 * torch::erfc(x * -std::numbers::sqrt2 / 2);
}

}  // namespace

torch::Tensor normal_kl(const torch::Tensor& mean1, double log_variance1, const torch::Tensor& mean2,
                        double log_variance2) {
    const double constant =
        0.5 * (-1.0 + log_variance2 - log_variance1 + std::exp(log_variance1 - log_variance2));
    return constant + 0.5 * std::exp(-log_variance2) * (mean1 - mean2).square();
}

torch::Tensor discretised_log_likelihood(const torch::Tensor& x, const torch::Tensor& mean,
                                         double log_sigma) {
    const auto centred = x.to(torch::kFloat64) - mean.to(torch::kFloat64);
    const double inverse_sigma = std::exp(-log_sigma);
    const auto upper = normal_cdf(inverse_sigma * (centred + 1.0 / 255.0));
    const auto lower = normal_cdf(inverse_sigma * (centred - 1.0 / 255.0));
    const auto above = 1.0 - lower;
    const auto probability = torch::where(x < -0.999, upper, torch::where(x > 0.999, above, upper - lower));
    return probability.clamp_min(1e-12).log();
}

double VariationalBound::total() const {
    return std::accumulate(terms.begin(), terms.end(), prior);
}

VariationalBound variational_bound(const DiffusionModel& model, const torch::Tensor& x0,
                                   at::Generator generator, const std::function<void(int done)>& progress,
                                   std::stop_token stop) {
    const torch::NoGradGuard no_grad;
    const NoiseSchedule& schedule = model.schedule;
    const int T = schedule.timesteps();
    const auto bits = [](const torch::Tensor& nats) {
        return nats.to(torch::kFloat64).mean().item<double>() / std::numbers::ln2;
    };
    VariationalBound bound;
    bound.terms.resize(static_cast<std::size_t>(T));
    const double alpha_bar_T = schedule.alpha_bar.back();
    bound.prior =
        bits(normal_kl(std::sqrt(alpha_bar_T) * x0, std::log(1.0 - alpha_bar_T), torch::zeros_like(x0), 0.0));
    for (int t = T - 1; t >= 0; --t) {
        if (stop.stop_requested()) throw Cancelled{};
        const double alpha_bar = schedule.alpha_bar[t];
        const auto eps = torch::randn(x0.sizes(), generator);
        const auto x_t = std::sqrt(alpha_bar) * x0 + std::sqrt(1.0 - alpha_bar) * eps;
        const auto output = model.denoiser(x_t, torch::full({x0.size(0)}, t, torch::kInt64));
        const auto found = read_prediction(model.prediction, output, x_t, alpha_bar, true);
        const double log_variance_q = schedule.log_beta_tilde_clipped[t];
        // "large": beta, with index 0 replaced by beta_tilde[1], as in the authors' code
        const double log_variance_p =
            model.variance == VarianceKind::beta && t > 0 ? std::log(schedule.beta[t]) : log_variance_q;
        const auto mean_p = posterior_mean(schedule, t, found.x0, x_t);
        bound.terms[t] = t == 0 ? -bits(discretised_log_likelihood(x0, mean_p, 0.5 * log_variance_p))
                                : bits(normal_kl(posterior_mean(schedule, t, x0, x_t), log_variance_q, mean_p,
                                                 log_variance_p));
        if (progress) progress(T - t);
    }
    return bound;
}

}  // namespace denoise
