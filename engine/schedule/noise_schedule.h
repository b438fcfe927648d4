#pragma once

#include <string>
#include <vector>

#include "engine/base/enum_names.h"
#include "engine/base/setting.h"

namespace denoise {

enum class ScheduleKind { linear, cosine, quadratic, sigmoid, sigmoid_beta, laplace, drawn };
template <>
inline constexpr std::array names_of<ScheduleKind> = {
    NamedValue{ScheduleKind::linear, "linear", "Linear", "beta increases linearly (Ho et al. 2020)"},
    NamedValue{ScheduleKind::cosine, "cosine", "Cosine",
               "alpha_bar follows a squared cosine (Nichol & Dhariwal 2021)"},
    NamedValue{ScheduleKind::quadratic, "quadratic", "Quadratic",
               "the square root of beta increases linearly"},
    NamedValue{ScheduleKind::sigmoid, "sigmoid", "Sigmoid",
               "alpha_bar follows a sigmoid (Jabri et al. 2022)"},
    NamedValue{ScheduleKind::sigmoid_beta, "sigmoid_beta", "Sigmoid beta", "beta follows a sigmoid"},
    NamedValue{ScheduleKind::laplace, "laplace", "Laplace",
               "most timesteps where signal and noise are equally strong (Hang et al. 2024)"},
    NamedValue{ScheduleKind::drawn, "drawn", "Drawn by hand", "log SNR follows a curve through points"},
};

/// The settings of a noise schedule.
struct ScheduleConfig {
    ScheduleKind schedule = ScheduleKind::linear;
    int timesteps = 1000;      ///< T
    double beta_start = 1e-4;  ///< beta_1 at T = 1000 (linear, quadratic, sigmoid_beta)
    double beta_end = 0.02;    ///< beta_T at T = 1000 (linear, quadratic, sigmoid_beta)
    bool scale_ends = true;    ///< multiply both by 1000/T, which keeps alpha_bar_T close to 0 for every T
    /// The curve of `drawn` (engine/schedule/drawn_curve.h): near the cosine schedule unless changed.
    std::string points = "0:10,0.1:3.6,0.5:0,0.9:-3.7,1:-10";
    bool zero_terminal_snr = false;  ///< rescale so that alpha_bar_T = 0 (Lin et al. 2023, alg. 1)

    bool operator==(const ScheduleConfig&) const = default;
};

const SettingsTable<ScheduleConfig>& schedule_settings();

/// The variances of the forward process and the values derived from them (Ho et al. 2020, sec. 2), in double
/// precision. The index is t = 0 .. T-1, and index 0 is one noising step. alpha_bar before index 0 is 1.
struct NoiseSchedule {
    std::vector<double> beta;                    ///< beta_t
    std::vector<double> alpha_bar;               ///< prod over s <= t of (1 - beta_s)
    std::vector<double> alpha_bar_prev;          ///< alpha_bar_{t-1}; 1 at index 0
    std::vector<double> beta_tilde;              ///< variance of q(x_{t-1} | x_t, x_0), eq. 7; 0 at index 0
    std::vector<double> log_beta_tilde_clipped;  ///< log of beta_tilde; index 0 has the value of index 1
    std::vector<double> posterior_mean_x0;       ///< coefficient of x_0 in mu_tilde, eq. 7
    std::vector<double> posterior_mean_xt;       ///< coefficient of x_t in mu_tilde, eq. 7

    int timesteps() const { return static_cast<int>(beta.size()); }
    double snr(int t) const { return alpha_bar[t] / (1.0 - alpha_bar[t]); }
};

/// Throws Error if the config is out of range (T < 2, or a beta outside (0, 1) after scaling), or if the
/// points are not a curve.
NoiseSchedule make_schedule(const ScheduleConfig& config);

/// The schedule that consists only of `timesteps` (increasing) of `schedule`. Each beta is computed from the
/// ratio of two values of alpha_bar (Nichol & Dhariwal 2021, sec. 4).
NoiseSchedule respace(const NoiseSchedule& schedule, const std::vector<int>& timesteps);

/// The schedule with the given betas. Throws Error unless each is in (0, 1); the last may also be 1.
NoiseSchedule schedule_from_betas(std::vector<double> beta);

}  // namespace denoise
