#pragma once

#include <torch/torch.h>

#include <vector>

#include "engine/base/work.h"
#include "engine/diffusion/denoiser.h"
#include "engine/sampling/solver.h"
#include "engine/sampling/step_noise.h"

namespace denoise {

struct SamplerPlan {
    std::vector<int> timesteps;  ///< decreasing, as from spaced_timesteps()
    double eta = 0;              ///< DDIM: 0 deterministic, 1 as noisy as DDPM
};

/// The state of a sampler before its step `i`, from which it can continue exactly.
struct SamplerState {
    int i = 0;
    torch::Tensor x;                          ///< x_t [B,C,H,W]; x_T at the start
    std::vector<torch::Tensor> history = {};  ///< earlier values that a multistep solver needs
};

/// What a sampler reports at step `i`: the network's input x_t at timestep `t` and its prediction, x0
/// (clipped according to the model) and the corresponding eps. {i, x_t, history} is the SamplerState to
/// continue from.
struct Step {
    // The constructor is needed because GCC 12 copies aggregates bytewise if they are temporaries of a
    // coroutine.
    Step(int step, int timestep, torch::Tensor given, torch::Tensor predicted_x0, torch::Tensor predicted_eps,
         std::vector<torch::Tensor> remembered)
        : i(step),
          t(timestep),
          x_t(std::move(given)),
          x0(std::move(predicted_x0)),
          eps(std::move(predicted_eps)),
          history(std::move(remembered)) {}

    SamplerState state() const { return {i, x_t, history}; }

    int i, t;
    torch::Tensor x_t, x0, eps;
    std::vector<torch::Tensor> history;
};

/// Sampling in steps. Each reports a Step after its first network call. The result is x_0 [B,C,H,W].
using Sampling = Work<torch::Tensor, Step>;

/// Samples at the timesteps of the plan, beginning with `start`. Throws Error if the plan does not decrease
/// or does not contain the start.
Sampling sample(const Solver& solver, DiffusionModel model, SamplerPlan plan, SamplerState start,
                StepNoise noise);

/// What all solvers use: the levels of the plan, predictions of the network, and noise.
class Sampler {
  public:
    /// Throws Error unless the plan decreases and is within the model's timesteps.
    Sampler(DiffusionModel model, SamplerPlan plan, StepNoise noise);

    int steps() const { return static_cast<int>(plan_.timesteps.size()); }
    int timestep(int i) const { return plan_.timesteps.at(static_cast<std::size_t>(i)); }
    double eta() const { return plan_.eta; }
    /// The level at which step i starts; i = steps() is the clean image, alpha_bar = 1.
    const NoiseLevel& level(int i) const { return levels_.at(static_cast<std::size_t>(i)); }
    /// The length of step i in lambda, half the log SNR.
    double h(int i) const { return level(i + 1).lambda - level(i).lambda; }

    /// Evaluates the network at the level of step i.
    Prediction evaluate(const torch::Tensor& x, int i) const;
    /// The prediction at step i whose noise is `eps`, clipped according to the model.
    Prediction refit(const torch::Tensor& x, const torch::Tensor& eps, int i) const;
    /// Standard normal noise of step i, in the shape and type of x. `repeat` distinguishes draws within one
    /// step.
    torch::Tensor noise(int i, const torch::Tensor& x, int repeat = 0) const;

    /// x at the level of step i + 1, drawn from the reverse step p(x_{t-1} | x_t) with the noise z (Ho et al.
    /// 2020, alg. 2). Not for the last step, which adds no noise and returns x_0.
    torch::Tensor ancestral_step(int i, const torch::Tensor& x, const Prediction& prediction,
                                 const torch::Tensor& z) const;

  private:
    DiffusionModel model_;
    SamplerPlan plan_;
    StepNoise noise_;
    std::vector<NoiseLevel> levels_;
    NoiseSchedule visited_;  ///< schedule of the plan's timesteps; step i has the index steps() - 1 - i
};

/// The same model with alpha_bar = 0 replaced, for solvers that divide by alpha or need the log SNR.
DiffusionModel with_finite_snr(DiffusionModel model);

/// x at `level` on the probability flow for a constant prediction.
torch::Tensor at_level(const Prediction& prediction, const NoiseLevel& level);

}  // namespace denoise
