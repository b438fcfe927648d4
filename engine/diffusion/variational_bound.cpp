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

torch::Tensor table_of(const std::vector<double>& values) {
    return torch::tensor(values, torch::kFloat64);
}

}  // namespace

torch::Tensor normal_kl(const torch::Tensor& mean1, const torch::Tensor& log_variance1,
                        const torch::Tensor& mean2, const torch::Tensor& log_variance2) {
    return 0.5 * (-1.0 + log_variance2 - log_variance1 + (log_variance1 - log_variance2).exp() +
                  (mean1 - mean2).square() * (-log_variance2).exp());
}

torch::Tensor discretised_log_likelihood(const torch::Tensor& x, const torch::Tensor& mean,
                                         const torch::Tensor& log_sigma) {
    const auto centred = x.to(torch::kFloat64) - mean.to(torch::kFloat64);
    const auto inverse_sigma = (-log_sigma.to(torch::kFloat64)).exp();
    const auto upper = normal_cdf(inverse_sigma * (centred + 1.0 / 255.0));
    const auto lower = normal_cdf(inverse_sigma * (centred - 1.0 / 255.0));
    const auto above = 1.0 - lower;
    const auto probability = torch::where(x < -0.999, upper, torch::where(x > 0.999, above, upper - lower));
    return probability.clamp_min(1e-12).log();
}

BoundTables make_bound_tables(const NoiseSchedule& schedule) {
    std::vector<double> log_beta(schedule.beta.size());
    for (std::size_t t = 0; t < log_beta.size(); ++t)
        log_beta[t] = t == 0 ? schedule.log_beta_tilde_clipped[0] : std::log(schedule.beta[t]);
    return {table_of(schedule.posterior_mean_x0), table_of(schedule.posterior_mean_xt), table_of(log_beta),
            table_of(schedule.log_beta_tilde_clipped)};
}

torch::Tensor learned_log_variance(const BoundTables& tables, const torch::Tensor& t,
                                   const torch::Tensor& v) {
    const auto share = (v + 1) / 2;
    return share * at_timesteps(tables.log_beta, t) + (1 - share) * at_timesteps(tables.log_beta_tilde, t);
}

torch::Tensor bound_terms(const BoundTables& tables, const torch::Tensor& x0, const torch::Tensor& x_t,
                          const torch::Tensor& t, const torch::Tensor& x0_found,
                          const torch::Tensor& log_variance_p) {
    const auto from_x0 = at_timesteps(tables.posterior_mean_x0, t),
               from_xt = at_timesteps(tables.posterior_mean_xt, t);
    const auto mean_p = from_x0 * x0_found + from_xt * x_t;
    const auto kl = normal_kl(from_x0 * x0 + from_xt * x_t, at_timesteps(tables.log_beta_tilde, t), mean_p,
                              log_variance_p)
                        .flatten(1)
                        .mean(1);
    const auto decoding = t == 0;
    if (!decoding.any().item<bool>()) return kl / std::numbers::ln2;
    const auto rows = decoding.nonzero().flatten();
    const auto log_variance = log_variance_p.expand_as(x0).index_select(0, rows);
    const auto decoder = -discretised_log_likelihood(x0.index_select(0, rows), mean_p.index_select(0, rows),
                                                     0.5 * log_variance)
                              .flatten(1)
                              .mean(1);
    return kl.index_put({rows}, decoder.to(kl.scalar_type())) / std::numbers::ln2;
}

double VariationalBound::total() const {
    return std::accumulate(terms.begin(), terms.end(), prior);
}

VariationalBound variational_bound(const DiffusionModel& model, const torch::Tensor& x0,
                                   at::Generator generator, const std::function<void(int done)>& progress,
                                   std::stop_token stop) {
    const torch::NoGradGuard no_grad;
    const NoiseSchedule& schedule = model.schedule;
    const BoundTables tables = make_bound_tables(schedule);
    const int T = schedule.timesteps();
    VariationalBound bound;
    bound.terms.resize(static_cast<std::size_t>(T));
    bound.mse.resize(static_cast<std::size_t>(T));
    const double alpha_bar_T = schedule.alpha_bar.back();
    const auto zero = torch::zeros({1}, torch::kFloat64);
    bound.prior =
        normal_kl(std::sqrt(alpha_bar_T) * x0, torch::full_like(zero, std::log1p(-alpha_bar_T)), zero, zero)
            .mean()
            .item<double>() /
        std::numbers::ln2;
    for (int t = T - 1; t >= 0; --t) {
        if (stop.stop_requested()) throw Cancelled{};
        const double alpha_bar = schedule.alpha_bar[t];
        const auto eps = torch::randn(x0.sizes(), generator);
        const auto x_t = std::sqrt(alpha_bar) * x0 + std::sqrt(1.0 - alpha_bar) * eps;
        const auto timesteps = torch::full({x0.size(0)}, t, torch::kInt64);
        const auto output = model.denoiser(x_t, timesteps);
        const auto answer = model.learned_variance ? output.narrow(1, 0, x0.size(1)) : output;
        const auto found = read_prediction(model.prediction, answer, x_t, alpha_bar, Clipping::range);
        torch::Tensor log_variance_p;
        if (model.learned_variance)
            log_variance_p =
                learned_log_variance(tables, timesteps, output.narrow(1, x0.size(1), x0.size(1)));
        else
            log_variance_p = at_timesteps(
                model.variance == VarianceKind::beta ? tables.log_beta : tables.log_beta_tilde, timesteps);
        bound.terms[t] =
            bound_terms(tables, x0, x_t, timesteps, found.x0, log_variance_p).mean().item<double>();
        bound.mse[t] = (found.eps - eps).square().mean().item<double>();
        if (progress) progress(T - t);
    }
    return bound;
}

}  // namespace denoise
