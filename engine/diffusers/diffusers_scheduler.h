#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/schedule/kinds.h"
#include "engine/schedule/noise_schedule.h"
#include "engine/schedule/spacing.h"

namespace denoise {

/// The content of a diffusers scheduler_config.json: the diffusion process of the network and the intended
/// sampler.
struct DiffusersScheduler {
    std::string class_name = "DDPMScheduler";
    ScheduleConfig schedule = {.scale_ends = false};
    PredictionType prediction = PredictionType::eps;
    VarianceKind variance = VarianceKind::beta_tilde;
    bool learned_variance = false;  ///< "learned_range": interpolated between beta_tilde and beta
    Clipping clipping = Clipping::range;
    Spacing spacing = Spacing::leading;
    std::string sampler = "ddpm";
    /// Sampling options without an equivalent here, such as "steps_offset = 1".
    std::vector<std::string> unused = {};

    bool operator==(const DiffusersScheduler&) const = default;
};

/// Reads scheduler_config.json. Missing options have the defaults of the scheduler class. `source` is the
/// file name in errors. Throws Error for invalid text and for unsupported schedulers, schedules and
/// predictions.
DiffusersScheduler read_diffusers_scheduler(std::string_view json, const std::string& source);

/// The text of scheduler_config.json. A schedule that diffusers has no name for is written as a list of
/// betas.
std::string write_diffusers_scheduler(const DiffusersScheduler& scheduler);

}  // namespace denoise
