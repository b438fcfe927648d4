#pragma once

#include <vector>

#include "engine/base/enum_names.h"
#include "engine/schedule/noise_schedule.h"

namespace denoise {

/// Which timesteps a sampler visits if it takes fewer steps than the schedule has.
enum class Spacing { leading, linspace, trailing, karras };
template <>
inline constexpr std::array names_of<Spacing> = {
    NamedValue{Spacing::leading, "leading", "Leading", "evenly spaced, ends at timestep 0"},
    NamedValue{Spacing::linspace, "linspace", "Linspace",
               "evenly spaced from the last timestep to timestep 0"},
    NamedValue{Spacing::trailing, "trailing", "Trailing", "evenly spaced, starts at the last timestep"},
    NamedValue{Spacing::karras, "karras", "Karras", "by noise level (Karras et al. 2022, eq. 5)"},
};

/// `steps` of the timesteps 0 .. T-1 in decreasing order, as a sampler visits them. For 10 of 1000, leading
/// is 900, 800 .. 0; linspace is 999, 888 .. 0; trailing is 999, 899 .. 99. Karras chooses the timesteps
/// closest to the noise levels edm_sigmas() between the first and the last of the schedule (Karras et al.
/// 2022, eq. 5), each at least one below the previous. Throws Error unless 1 <= steps <= T.
std::vector<int> spaced_timesteps(const NoiseSchedule& schedule, int steps, Spacing spacing);

}  // namespace denoise
