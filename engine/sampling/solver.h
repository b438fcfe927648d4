#pragma once

#include <span>
#include <string_view>

namespace at {
class Tensor;
}

namespace denoise {

class Sampler;
struct SamplerState;
struct Prediction;

/// A solver of the reverse process: a row of the table in solvers.cpp. This header does not need LibTorch, so
/// the command line and the window use the same table as the sampler.
struct Solver {
    const char* name;       ///< in files and on the command line: "dpmpp-2m"
    const char* title;      ///< in the window: "DPM-Solver++ 2M"
    const char* help;       ///< one sentence
    int default_steps;      ///< 0: all timesteps
    bool stochastic;        ///< adds noise at every step (not set for DDIM, which does if eta > 0)
    bool needs_finite_snr;  ///< divides by alpha or uses the log SNR, so alpha_bar = 0 is replaced

    /// Computes the next x from the prediction at the state's step, and may change the state's history. Not
    /// called for the last step.
    at::Tensor (*advance)(const Sampler& sampler, SamplerState& at, const Prediction& prediction);
    /// Computes the result of the last step; null: the predicted x_0.
    at::Tensor (*finish)(const Sampler& sampler, const SamplerState& at,
                         const Prediction& prediction) = nullptr;
};

std::span<const Solver> solvers();

/// Throws Error with a list of the names if there is no solver `name`.
const Solver& solver_named(std::string_view name);

}  // namespace denoise
