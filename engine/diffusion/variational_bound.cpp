#include "engine/diffusion/variational_bound.h"

#include <cmath>
#include <numbers>
#include <numeric>

namespace denoise {
namespace {

/// Phi(x). The complementary error function is accurate in the lower tail.
torch::Tensor normal_cdf(const torch::Tensor& x) {
    return 0.5 * torch::erfc(x * -std::numbers::sqrt2 / 2);
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

torch::Tensor bound_terms(const ScheduleTables& tables, const torch::Tensor& x0, const torch::Tensor& x_t,
                          const torch::Tensor& t, const torch::Tensor& predicted_x0,
                          const torch::Tensor& log_variance_p) {
    const auto of_x0 = at_timesteps(tables.posterior_mean_x0, t),
               of_xt = at_timesteps(tables.posterior_mean_xt, t);
    const auto mean_p = posterior_mean(predicted_x0, x_t, of_x0, of_xt);
    const auto mean_q = posterior_mean(x0, x_t, of_x0, of_xt);
    const auto kl =
        normal_kl(mean_q, at_timesteps(tables.log_beta_tilde, t), mean_p, log_variance_p).flatten(1).mean(1);
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

namespace {

/// L_T: the information about the images that is left in x_T.
double prior_term(const NoiseSchedule& schedule, const torch::Tensor& x0) {
    const double alpha_bar_T = schedule.alpha_bar.back();
    const auto zero = torch::zeros({1}, torch::kFloat64);
    const auto kl =
        normal_kl(std::sqrt(alpha_bar_T) * x0, torch::full_like(zero, std::log1p(-alpha_bar_T)), zero, zero);
    return kl.mean().item<double>() / std::numbers::ln2;
}

/// The term of one timestep, and the mean squared error of eps there.
std::pair<double, double> term_at(const DiffusionModel& model, const ScheduleTables& tables,
                                  const torch::Tensor& x0, int timestep, at::Generator& generator) {
    const torch::NoGradGuard no_grad;
    const NoiseLevel level(model.schedule.alpha_bar[static_cast<std::size_t>(timestep)]);
    const auto eps = torch::randn(x0.sizes(), generator);
    const auto x_t = add_noise(x0, eps, level.alpha, level.sigma);
    const auto t = torch::full({x0.size(0)}, timestep, torch::kInt64);
    const NetworkOutput output = split_output(model.denoiser(x_t, t), model.learned_variance);
    const Prediction prediction =
        read_output(model.prediction, output.prediction, x_t, level, Clipping::range);
    const auto log_beta = at_timesteps(tables.log_beta, t),
               log_beta_tilde = at_timesteps(tables.log_beta_tilde, t);
    const auto log_variance = model.learned_variance
                                  ? learned_log_variance(output.v, log_beta, log_beta_tilde)
                              : model.variance == VarianceKind::beta ? log_beta
                                                                     : log_beta_tilde;
    return {bound_terms(tables, x0, x_t, t, prediction.x0, log_variance).mean().item<double>(),
            (prediction.eps - eps).square().mean().item<double>()};
}

}  // namespace

Work<VariationalBound> variational_bound(const DiffusionModel& model, const torch::Tensor& x0,
                                         at::Generator generator) {
    const ScheduleTables tables(model.schedule);
    const int T = model.schedule.timesteps();
    VariationalBound bound;
    bound.terms.resize(static_cast<std::size_t>(T));
    bound.mse.resize(static_cast<std::size_t>(T));
    bound.prior = prior_term(model.schedule, x0);
    for (int t = T - 1; t >= 0; --t) {
        const std::pair<double, double> term_and_mse = term_at(model, tables, x0, t, generator);
        bound.terms[static_cast<std::size_t>(t)] = term_and_mse.first;
        bound.mse[static_cast<std::size_t>(t)] = term_and_mse.second;
        co_yield Progress(T - t, T, "computing the bound timestep by timestep");
    }
    co_return std::move(bound);
}

}  // namespace denoise
