#pragma once

#include <vector>

#include "engine/base/setting.h"

namespace denoise {

enum class ScheduleKind { linear, cosine, quadratic, sigmoid, sigmoid_beta, laplace };

/// What a noise schedule is made from.
struct ScheduleConfig {
    ScheduleKind schedule = ScheduleKind::linear;
    int timesteps = 1000;      ///< T
    double beta_start = 1e-4;  ///< beta_1 at T = 1000 (linear, quadratic, sigmoid_beta)
    double beta_end = 0.02;    ///< beta_T at T = 1000 (linear, quadratic, sigmoid_beta)
    bool scale_ends = true;    ///< multiply both ends by 1000/T, which keeps alpha_bar_T near 0 for every T
    bool zero_terminal_snr = false;  ///< rescale so that alpha_bar_T = 0 (Lin et al. 2023, alg. 1)

    bool operator==(const ScheduleConfig&) const = default;
};

const SettingsTable<ScheduleConfig>& schedule_settings();

/// The known variances of the forward process and all that follows from them (Ho et al. 2020, sec. 2), in
/// double precision. Index t = 0 .. T-1; index 0 is one noising step. alpha_bar before index 0 is 1.
struct NoiseSchedule {
    std::vector<double> beta;                    ///< beta_t
    std::vector<double> alpha_bar;               ///< prod over s <= t of (1 - beta_s)
    std::vector<double> alpha_bar_prev;          ///< alpha_bar_{t-1}; 1 at index 0
    std::vector<double> beta_tilde;              ///< variance of q(x_{t-1} | x_t, x_0), eq. 7; 0 at index 0
    std::vector<double> log_beta_tilde_clipped;  ///< log of beta_tilde with index 0 replaced by index 1
    std::vector<double> posterior_mean_x0;       ///< coefficient of x_0 in mu_tilde, eq. 7
    std::vector<double> posterior_mean_xt;       ///< coefficient of x_t in mu_tilde, eq. 7

    int timesteps() const { return static_cast<int>(beta.size()); }
    double snr(int t) const { return alpha_bar[t] / (1.0 - alpha_bar[t]); }
};

/// Throws Error when the config is out of range (T < 2, an end outside (0, 1) after scaling).
NoiseSchedule make_schedule(const ScheduleConfig& config);

/// The schedule that visits only `timesteps` (increasing) of `schedule`: beta is recomputed from the ratios
/// of alpha_bar (Nichol & Dhariwal 2021, sec. 4).
NoiseSchedule respace(const NoiseSchedule& schedule, const std::vector<int>& timesteps);

/// A schedule from given betas, each in (0, 1); the last may be 1. Throws Error.
NoiseSchedule schedule_from_betas(std::vector<double> beta);

/// "linear" ..., as in files and on the command line.
const char* name_of(ScheduleKind kind);

}  // namespace denoise
