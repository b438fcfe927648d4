#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/diffusion/kinds.h"
#include "engine/diffusion/noise_schedule.h"
#include "engine/diffusion/spacing.h"

namespace denoise {

/// What a diffusers scheduler_config.json says of the process that the network was trained for, and how its
/// owner would sample from it.
struct DiffusersScheduler {
    std::string class_name = "DDPMScheduler";
    ScheduleConfig schedule = {.scale_ends = false};
    Prediction prediction = Prediction::eps;
    VarianceKind variance = VarianceKind::beta_tilde;
    bool learned_variance = false;  ///< "learned_range": between beta_tilde and beta
    Clipping clipping = Clipping::range;
    Spacing spacing = Spacing::leading;
    SamplerKind sampler = SamplerKind::ddpm;
    /// "steps_offset = 1" ...: choices about sampling that this program does not make.
    std::vector<std::string> unused = {};

    bool operator==(const DiffusersScheduler&) const = default;
};

/// Reads scheduler_config.json with the defaults of its class for what is missing. `source` names the file in
/// errors. Throws Error naming the option for schedulers, schedules and predictions that this program does
/// not have, and for text that is not such a file.
DiffusersScheduler read_diffusers_scheduler(std::string_view json, const std::string& source);

/// scheduler_config.json. A schedule that diffusers has no name for is written out as its betas.
std::string write_diffusers_scheduler(const DiffusersScheduler& scheduler);

}  // namespace denoise
