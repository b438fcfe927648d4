#pragma once

#include <torch/torch.h>

#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/diffusion/noise_level.h"
#include "engine/diffusion/prediction.h"
#include "engine/diffusion/samplers.h"

namespace denoise {

// The samplers of the table, each defined in a file of its own.
std::remove_pointer_t<Sampler> sample_ddpm, sample_ddim, sample_dpmpp_2m, sample_dpmpp_2m_sde, sample_unipc,
    sample_heun, sample_euler, sample_pndm;

/// The same model with alpha_bar = 0 replaced, for the solvers, which divide by alpha or need the log SNR.
DiffusionModel with_finite_snr(DiffusionModel model);

/// alpha x0 + sigma eps: where the probability flow arrives at `level` while x0 and eps stay what they are.
torch::Tensor at_level(const torch::Tensor& x0, const torch::Tensor& eps, const NoiseLevel& level);

/// What all samplers share: the levels of the plan, network calls that see a stop request and report, noise,
/// and the loop over the steps. The plan, noise and callback must outlive it.
class SamplerLoop {
  public:
    /// Throws Error unless the plan is decreasing and within the model's timesteps.
    SamplerLoop(DiffusionModel model, const SamplerPlan& plan, const StepNoise& noise,
                const StepCallback& callback, std::stop_token stop);

    int steps() const { return static_cast<int>(plan_.timesteps.size()); }
    /// The level at which step i starts; i = steps() is the clean image, alpha_bar = 1.
    const NoiseLevel& level(int i) const { return levels_.at(static_cast<std::size_t>(i)); }
    /// How far step i goes in half the log SNR.
    double width(int i) const { return level(i + 1).lambda - level(i).lambda; }
    /// The schedule of the visited timesteps alone, with its betas; step i has index steps() - 1 - i in it.
    const NoiseSchedule& visited() const { return visited_; }
    VarianceKind variance() const { return model_.variance; }

    /// One network call at the level of step i.
    Reading look(const torch::Tensor& x, int i) const;
    /// The same, reported to the callback.
    Reading report(const SamplerState& at) const;
    /// x0 and eps at step i if the noise in x is taken to be `eps`; clipped as the model says.
    Denoised refit(const torch::Tensor& x, const torch::Tensor& eps, int i) const;
    /// Standard normal noise of step i, in the shape and kind of x.
    torch::Tensor noise(int i, const torch::Tensor& x, int repeat = 0) const;

    /// Calls `advance(at, found)` for each step but the last: it returns the next x and may change
    /// `at.history`. The result is `finish(at, found)` of the last step.
    template <class Advance, class Finish>
    torch::Tensor run(SamplerState at, Advance advance, Finish finish) const {
        const torch::NoGradGuard no_grad;
        check(at);
        for (;; ++at.i) {
            const Reading found = report(at);
            if (at.i + 1 == steps()) return finish(std::as_const(at), found);
            at.x = advance(at, found);
        }
    }

    /// The same, where the last step returns its x0.
    template <class Advance>
    torch::Tensor run(SamplerState at, Advance advance) const {
        return run(std::move(at), std::move(advance),
                   [](const SamplerState&, const Reading& found) { return found.x0; });
    }

  private:
    void check(const SamplerState& start) const;

    DiffusionModel model_;
    const SamplerPlan& plan_;
    const StepNoise& noise_;
    const StepCallback& callback_;
    std::stop_token stop_;
    std::vector<NoiseLevel> levels_;
    NoiseSchedule visited_;
};

}  // namespace denoise
