#pragma once

#include <torch/torch.h>

#include <optional>
#include <vector>

#include "engine/diffusion/denoiser.h"
#include "engine/diffusion/forward_process.h"
#include "engine/diffusion/timestep_sampler.h"

namespace denoise {

/// The training objective of a network.
struct Objective {
    PredictionType prediction = PredictionType::eps;
    LossKind loss = LossKind::mse;
    LossWeighting weighting = LossWeighting::uniform;
    double min_snr_gamma = 5;
    TimestepSampling timestep_sampling = TimestepSampling::uniform;
    bool learned_variance = false;
    NoisePairing noise_pairing = NoisePairing::independent;
};

/// The loss of each image of a batch, at the timestep that was drawn for it.
struct ImageLosses {
    torch::Tensor t;       ///< int64 [B], where it was drawn and not on the device of the loss
    torch::Tensor losses;  ///< float32 [B], not weighted
    torch::Tensor weight;  ///< float32 [B]; undefined: all 1

    torch::Tensor mean() const { return weight.defined() ? (losses * weight).mean() : losses.mean(); }
    ImageLosses detached() const;  ///< without what the gradients need
};

/// The losses of the parts of a batch, which are at least one, as those of the batch.
ImageLosses joined(const std::vector<ImageLosses>& parts);

/// What is drawn for the images of a batch, or for some of them.
struct LossDraws {
    torch::Tensor t;       ///< int64 [B]
    torch::Tensor weight;  ///< float32 [B], of the timesteps; undefined: all 1
    torch::Tensor eps;     ///< float32 [B,C,H,W]

    /// Those of `count` images.
    LossDraws of(std::int64_t first, std::int64_t count) const;
};

/// The images of a batch for which a process computes the loss, if several processes share a batch.
struct ProcessShare {
    std::int64_t first = 0;  ///< the number of the first of them in the batch
    std::int64_t total = 0;  ///< images of the batch; 0: there are no others
};

/// The simple objective (Ho et al. 2020, alg. 1 and eq. 14): draws a timestep and noise for each image and
/// compares the network's output with its target. With a learned variance, the hybrid loss (Nichol & Dhariwal
/// 2021, eq. 16).
class Loss {
  public:
    /// For networks on `device`. Inputs may be elsewhere.
    Loss(const NoiseSchedule& schedule, const Objective& objective,
         const torch::Device& device = torch::kCPU);

    /// Draws for images of the shape `images` [B,C,H,W]. For a `share` of a batch, it is what these images
    /// have in the whole batch.
    LossDraws draw(at::IntArrayRef images, at::Generator& generator, const ProcessShare& share = {}) const;

    /// `x0` [B,C,H,W] in [-1, 1].
    ImageLosses operator()(const ConditionalDenoiser& network, const torch::Tensor& x0,
                           const torch::Tensor& labels, const LossDraws& drawn) const;
    /// The same with what draw() returns.
    ImageLosses operator()(const ConditionalDenoiser& network, const torch::Tensor& x0,
                           const torch::Tensor& labels, at::Generator& generator,
                           const ProcessShare& share = {}) const;

    /// The losses at the timesteps `t` int64 [B], with the noise `eps` [B,C,H,W].
    ImageLosses at(const ConditionalDenoiser& network, const torch::Tensor& x0, const torch::Tensor& labels,
                   const torch::Tensor& t, const torch::Tensor& eps) const;

    /// `count` timesteps int64 [count], always the same ones, with the distribution with which they are
    /// drawn; uniform if that changes with the losses.
    torch::Tensor typical_timesteps(std::int64_t count) const;

    /// The importance sampler of the timesteps, which the caller updates with the losses; empty if t is
    /// uniform.
    const std::optional<LossSecondMomentSampler>& importance() const { return importance_; }
    std::optional<LossSecondMomentSampler>& importance() { return importance_; }

  private:
    /// t int64 [B] and its weight, from B stratified random numbers.
    LossSecondMomentSampler::Draw draw_timesteps(std::int64_t count, at::Generator& generator) const;
    /// The timesteps for u [B] in [0, 1) if there is no importance sampler.
    torch::Tensor timesteps_for(const torch::Tensor& u) const;
    /// The part of the loss that trains the variance, per image [B]. It has no gradient with respect to the
    /// prediction.
    torch::Tensor variance_loss(const torch::Tensor& x0, const torch::Tensor& x_t, const torch::Tensor& t,
                                const NetworkOutput& output) const;

    Objective objective_;
    torch::Device device_;
    ScheduleTables tables_;  ///< on the device
    std::optional<LossSecondMomentSampler> importance_;
    torch::Tensor cumulative_;  ///< float64 [T]: P(t' <= t); undefined if t is not drawn by log SNR
};

/// The difference between `prediction` and `target` [B,C,H,W], averaged per image [B].
torch::Tensor simple_loss(LossKind kind, const torch::Tensor& prediction, const torch::Tensor& target);

/// The min-SNR weight of the squared error at timesteps with the signal-to-noise ratio S = `snr` [B] (Hang et
/// al. 2023): min(S, gamma)/S for eps, min(S, gamma) for x_0, and min(S, gamma)/(S + 1) for v.
torch::Tensor min_snr_weights(PredictionType type, const torch::Tensor& snr, double gamma);

}  // namespace denoise
