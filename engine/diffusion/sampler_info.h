#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/diffusion/kinds.h"

namespace denoise {

/// A sampler as files, command line and window name it.
struct SamplerInfo {
    SamplerKind kind;
    std::string name;         ///< "dpmpp-2m"
    std::string title;        ///< "DPM-Solver++ 2M"
    std::string help;         ///< one sentence
    bool stochastic = false;  ///< draws noise at every step (DDIM: with eta > 0)
    int default_steps = 50;   ///< 0: all timesteps
};

/// In the order of SamplerKind.
const std::vector<SamplerInfo>& sampler_infos();
const SamplerInfo& info_of(SamplerKind kind);
/// Throws Error listing the names when there is none named `name`.
SamplerKind sampler_named(std::string_view name);

}  // namespace denoise
