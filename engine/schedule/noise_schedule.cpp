#include "engine/schedule/noise_schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "engine/schedule/drawn_curve.h"

namespace denoise {
namespace {

std::vector<double> linspace(double first, double last, int count) {
    std::vector<double> values(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) values[i] = first + (last - first) * i / (count - 1);
    return values;
}

/// The betas of a continuous alpha_bar(u), u = t/T, capped at .999 (Nichol & Dhariwal 2021, sec. 3.2).
template <class AlphaBar>
std::vector<double> betas_from(AlphaBar alpha_bar, int timesteps) {
    std::vector<double> beta(static_cast<std::size_t>(timesteps));
    for (int t = 0; t < timesteps; ++t)
        beta[t] = std::min(
            1.0 - alpha_bar((t + 1.0) / timesteps) / alpha_bar(static_cast<double>(t) / timesteps), 0.999);
    return beta;
}

double logistic(double x) {
    return 1.0 / (1.0 + std::exp(-x));
}

std::vector<double> betas_of(const ScheduleConfig& config) {
    const int T = config.timesteps;
    const double scale = config.scale_ends ? 1000.0 / T : 1.0;
    // In very short schedules, the scaled beta would exceed 1. The cap is that of the cosine schedule.
    const double first = std::min(config.beta_start * scale, 0.999);
    const double last = std::min(config.beta_end * scale, 0.999);
    switch (config.schedule) {
        case ScheduleKind::linear:
            return linspace(first, last, T);
        case ScheduleKind::quadratic: {
            std::vector<double> beta = linspace(std::sqrt(first), std::sqrt(last), T);
            for (double& value : beta) value *= value;
            return beta;
        }
        case ScheduleKind::cosine:
            return betas_from(
                [](double u) {
                    const double c = std::cos((u + 0.008) / 1.008 * std::numbers::pi / 2);
                    return c * c;
                },
                T);
        case ScheduleKind::sigmoid:  // Jabri et al. 2022 with start -3, end 3 and tau 1
            return betas_from(
                [](double u) { return (logistic(3) - logistic(6 * u - 3)) / (logistic(3) - logistic(-3)); },
                T);
        case ScheduleKind::sigmoid_beta: {
            std::vector<double> beta = linspace(-6, 6, T);
            for (double& value : beta) value = logistic(value) * (last - first) + first;
            return beta;
        }
        case ScheduleKind::laplace:  // the log SNR is a Laplace quantile function with mu 0 and b 1/2
            return betas_from(
                [](double u) {
                    const double log_snr =
                        -0.5 * std::copysign(1.0, 0.5 - u) * std::log(1.0 - 2.0 * std::abs(0.5 - u) + 1e-6);
                    return logistic(log_snr);
                },
                T);
        case ScheduleKind::drawn:
            return betas_of_curve(curve_through(parse_points(config.points), T));
    }
    return {};
}

/// Shifts and scales sqrt(alpha_bar) so that its first value stays the same and its last one becomes 0
/// (Lin et al. 2023, alg. 1).
std::vector<double> rescaled_to_zero_snr(const std::vector<double>& beta) {
    std::vector<double> root(beta.size());
    double product = 1.0;
    for (std::size_t t = 0; t < beta.size(); ++t) root[t] = std::sqrt(product *= 1.0 - beta[t]);
    const double first = root.front(), last = root.back();
    std::vector<double> rescaled(beta.size());
    double before = 1.0;
    for (std::size_t t = 0; t < beta.size(); ++t) {
        const double now = (root[t] - last) * first / (first - last);
        rescaled[t] = 1.0 - now * now / (before * before);
        before = now;
    }
    return rescaled;
}

}  // namespace

const SettingsTable<ScheduleConfig>& schedule_settings() {
    static const SettingsTable<ScheduleConfig> table = {
        choice_setting(&ScheduleConfig::schedule, {.key = "schedule",
                                                   .title = "Noise schedule",
                                                   .help = "How much noise each timestep adds. Cosine adds "
                                                           "noise more slowly, which suits small images.",
                                                   .group = "Noise schedule",
                                                   .essential = true}),
        integer_setting(&ScheduleConfig::timesteps,
                        {.key = "timesteps",
                         .title = "Timesteps T",
                         .help = "The number of steps from an image to pure noise.",
                         .group = "Noise schedule",
                         .minimum = 2,
                         .maximum = 10000}),
        real_setting(&ScheduleConfig::beta_start,
                     {.key = "beta_start",
                      .title = "First beta",
                      .help = "The variance of the first noising step at T = 1000. Used by Linear, Quadratic "
                              "and Sigmoid beta.",
                      .group = "Noise schedule",
                      .minimum = 1e-8,
                      .maximum = 0.5}),
        real_setting(&ScheduleConfig::beta_end, {.key = "beta_end",
                                                 .title = "Last beta",
                                                 .help = "The variance of the last noising step at T = 1000. "
                                                         "Used by Linear, Quadratic and Sigmoid beta.",
                                                 .group = "Noise schedule",
                                                 .minimum = 1e-8,
                                                 .maximum = 0.999}),
        boolean_setting(&ScheduleConfig::scale_ends,
                        {.key = "scale_ends",
                         .title = "Scale beta by 1000/T",
                         .help = "Keeps the last timestep close to pure noise if T is not 1000. Without it, "
                                 "sampling with a short schedule starts from the wrong distribution. Used by "
                                 "Linear, Quadratic and Sigmoid beta.",
                         .group = "Noise schedule"}),
        text_setting(&ScheduleConfig::points,
                     {.key = "schedule_points",
                      .title = "Points of the curve",
                      .help = "The points of a schedule drawn by hand, as position:log SNR, separated by "
                              "commas. Position 0 is the first timestep and 1 the last. The log SNR "
                              "decreases from point to point, between 20 and -20.",
                      .group = "Noise schedule"}),
        boolean_setting(
            &ScheduleConfig::zero_terminal_snr,
            {.key = "zero_terminal_snr",
             .title = "Zero terminal SNR",
             .help = "Rescales the schedule so that the last timestep is pure noise (Lin et al. 2023). The "
                     "network must predict v or x_0.",
             .group = "Noise schedule"}),
    };
    return table;
}

NoiseSchedule schedule_from_betas(std::vector<double> beta) {
    NoiseSchedule schedule;
    const std::size_t T = beta.size();
    for (std::size_t t = 0; t < T; ++t)
        if (!(beta[t] > 0.0 && (beta[t] < 1.0 || (beta[t] == 1.0 && t + 1 == T))))
            throw Error{
                "Cannot create the noise schedule", "beta is not between 0 and 1",
                "Choose a first and a last beta that are above 0, and below 1 after scaling by 1000/T"};
    schedule.beta = std::move(beta);
    schedule.alpha_bar.resize(T);
    schedule.alpha_bar_prev.resize(T);
    schedule.beta_tilde.resize(T);
    schedule.posterior_mean_x0.resize(T);
    schedule.posterior_mean_xt.resize(T);
    double product = 1.0;
    for (std::size_t t = 0; t < T; ++t) {
        const double b = schedule.beta[t], before = product;
        product *= 1.0 - b;
        schedule.alpha_bar_prev[t] = before;
        schedule.alpha_bar[t] = product;
        schedule.beta_tilde[t] = (1.0 - before) / (1.0 - product) * b;
        schedule.posterior_mean_x0[t] = std::sqrt(before) * b / (1.0 - product);
        schedule.posterior_mean_xt[t] = std::sqrt(1.0 - b) * (1.0 - before) / (1.0 - product);
    }
    schedule.log_beta_tilde_clipped.resize(T);
    for (std::size_t t = 0; t < T; ++t)
        schedule.log_beta_tilde_clipped[t] = std::log(schedule.beta_tilde[t == 0 && T > 1 ? 1 : t]);
    return schedule;
}

NoiseSchedule make_schedule(const ScheduleConfig& config) {
    if (config.timesteps < 2)
        throw Error{"Cannot create the noise schedule", "it needs at least 2 timesteps", "Choose a larger T",
                    "timesteps"};
    std::vector<double> beta = betas_of(config);
    try {
        return schedule_from_betas(config.zero_terminal_snr ? rescaled_to_zero_snr(beta) : std::move(beta));
    } catch (Error& error) {
        error.setting = config.beta_start > 0 && config.beta_start < 1 ? "beta_end" : "beta_start";
        throw;
    }
}

NoiseSchedule respace(const NoiseSchedule& schedule, const std::vector<int>& timesteps) {
    std::vector<double> beta;
    double before = 1.0;
    for (const int t : timesteps) {
        beta.push_back(1.0 - schedule.alpha_bar.at(static_cast<std::size_t>(t)) / before);
        before = schedule.alpha_bar[t];
    }
    return schedule_from_betas(std::move(beta));
}

}  // namespace denoise
