#include "engine/diffusion/forward_process.h"

#include <cmath>

namespace denoise {
namespace {

torch::Tensor table_of(const std::vector<double>& values) {
    return torch::tensor(values, torch::kFloat64);
}

torch::Tensor snr_of(const NoiseSchedule& schedule) {
    std::vector<double> snr(static_cast<std::size_t>(schedule.timesteps()));
    for (int t = 0; t < schedule.timesteps(); ++t) snr[static_cast<std::size_t>(t)] = schedule.snr(t);
    return table_of(snr).to(torch::kFloat32);
}

torch::Tensor log_beta_of(const NoiseSchedule& schedule) {
    std::vector<double> log_beta(schedule.beta.size());
    for (std::size_t t = 0; t < log_beta.size(); ++t)
        log_beta[t] = t == 0 ? schedule.log_beta_tilde_clipped[0] : std::log(schedule.beta[t]);
    return table_of(log_beta);
}

}  // namespace

ScheduleTables::ScheduleTables(const NoiseSchedule& schedule)
    : sqrt_alpha_bar(table_of(schedule.alpha_bar).sqrt().to(torch::kFloat32)),
      sqrt_one_minus_alpha_bar((1.0 - table_of(schedule.alpha_bar)).sqrt().to(torch::kFloat32)),
      snr(snr_of(schedule)),
      posterior_mean_x0(table_of(schedule.posterior_mean_x0)),
      posterior_mean_xt(table_of(schedule.posterior_mean_xt)),
      log_beta(log_beta_of(schedule)),
      log_beta_tilde(table_of(schedule.log_beta_tilde_clipped)) {}

torch::Tensor at_timesteps(const torch::Tensor& table, const torch::Tensor& t) {
    return table.index_select(0, t).view({-1, 1, 1, 1});
}

}  // namespace denoise
