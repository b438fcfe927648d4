#include "engine/diffusion/forward_process.h"

namespace denoise {

ForwardTables make_forward_tables(const NoiseSchedule& schedule) {
    const auto alpha_bar = torch::tensor(schedule.alpha_bar, torch::kFloat64);
    return {alpha_bar.sqrt().to(torch::kFloat32), (1.0 - alpha_bar).sqrt().to(torch::kFloat32)};
}

torch::Tensor at_timesteps(const torch::Tensor& table, const torch::Tensor& t) {
    return table.index_select(0, t).view({-1, 1, 1, 1});
}

torch::Tensor add_noise(const ForwardTables& tables, const torch::Tensor& x0, const torch::Tensor& t,
                        const torch::Tensor& eps) {
    return at_timesteps(tables.sqrt_alpha_bar, t) * x0 +
           at_timesteps(tables.sqrt_one_minus_alpha_bar, t) * eps;
}

torch::Tensor posterior_mean(const NoiseSchedule& schedule, int t, const torch::Tensor& x0,
                             const torch::Tensor& x_t) {
    return schedule.posterior_mean_x0.at(static_cast<std::size_t>(t)) * x0 +
           schedule.posterior_mean_xt[t] * x_t;
}

}  // namespace denoise
