#pragma once

#include <string>
#include <vector>

#include "engine/diffusion/noise_schedule.h"

namespace denoise {

/// Which timesteps a sampler visits when it takes fewer steps than the schedule has.
enum class Spacing { leading, linspace, trailing, karras };

/// `steps` of the timesteps 0 .. T-1 in decreasing order, as a sampler visits them. Ten of 1000: leading
/// 900..0; linspace 999, 888 .. 0; trailing 999, 899 .. 99. Karras takes those whose noise level is nearest
/// to edm_sigmas() between the schedule's own ends (Karras et al. 2022, eq. 5), each at least one below the
/// last. Throws Error unless 1 <= steps <= T.
std::vector<int> spaced_timesteps(const NoiseSchedule& schedule, int steps, Spacing spacing);

/// "leading" ..., as in files and on the command line.
const char* name_of(Spacing spacing);

/// The spacing of that name, which is one of spacing_names().
Spacing spacing_named(const std::string& name);
std::vector<std::string> spacing_names();

}  // namespace denoise
