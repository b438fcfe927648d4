#include "engine/schedule/spacing.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/schedule/edm_sigmas.h"
#include "engine/schedule/noise_level.h"

namespace denoise {
namespace {

std::vector<int> karras_timesteps(const NoiseSchedule& schedule, int steps) {
    // sigma / alpha increases with t. Only the last timestep of a schedule with zero terminal SNR may be an
    // exception, because above_zero() replaces its alpha_bar.
    std::vector<double> level;
    for (const double alpha_bar : schedule.alpha_bar) {
        const NoiseLevel at(above_zero(alpha_bar));
        level.push_back(std::max(at.sigma / at.alpha, level.empty() ? 0 : level.back()));
    }
    std::vector<int> result;
    int above = schedule.timesteps();
    for (const double sigma : edm_sigmas(steps, level.front(), level.back())) {
        const auto next = std::upper_bound(level.begin(), level.end(), sigma);
        int nearest = static_cast<int>(next - level.begin()) - 1;
        if (next != level.begin() && next != level.end() && sigma * sigma > next[-1] * *next)  // in log sigma
            ++nearest;
        const int steps_below = steps - 1 - static_cast<int>(result.size());
        above = std::clamp(nearest, steps_below, above - 1);
        result.push_back(above);
    }
    return result;
}

/// Rounds halves to even numbers, like NumPy.
int rounded(double t) {
    return static_cast<int>(std::nearbyint(t));
}

}  // namespace

std::vector<int> spaced_timesteps(const NoiseSchedule& schedule, int steps, Spacing spacing) {
    const int timesteps = schedule.timesteps();
    if (steps < 1 || steps > timesteps)
        throw Error{"Cannot sample in " + std::to_string(steps) + " steps",
                    "the model has " + std::to_string(timesteps) + " timesteps",
                    "Choose between 1 and " + std::to_string(timesteps) + " steps"};
    if (spacing == Spacing::karras) return karras_timesteps(schedule, steps);
    std::vector<int> result;
    for (int i = 0; i < steps; ++i) {
        const int left = steps - 1 - i;
        if (spacing == Spacing::leading)
            result.push_back(left * (timesteps / steps));
        else if (spacing == Spacing::trailing)
            result.push_back(rounded(timesteps - static_cast<double>(i) * timesteps / steps) - 1);
        else
            result.push_back(steps == 1 ? timesteps - 1 : rounded((timesteps - 1.0) * left / (steps - 1)));
    }
    return result;
}

}  // namespace denoise
