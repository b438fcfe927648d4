#pragma once

#include "engine/base/enum_names.h"

namespace denoise {

/// What the network predicts. Each of the three can be computed from any other, x_t and t.
enum class PredictionType { eps, x0, v };
template <>
inline constexpr std::array names_of<PredictionType> = {
    NamedValue{PredictionType::eps, "eps", "Noise (eps)",
               "the noise that was added to the image (Ho et al. 2020, eq. 14)"},
    NamedValue{PredictionType::x0, "x0", "Image (x_0)", "the image without noise"},
    NamedValue{
        PredictionType::v, "v", "Velocity (v)",
        "sqrt(alpha_bar) eps - sqrt(1 - alpha_bar) x_0 (Salimans & Ho 2022); learns fastest in short runs"},
};

enum class LossKind { mse, huber, l1 };
template <>
inline constexpr std::array names_of<LossKind> = {
    NamedValue{LossKind::mse, "mse", "Squared error", "as in Ho et al. 2020, eq. 14"},
    NamedValue{LossKind::huber, "huber", "Huber", "squared for small differences, absolute for large ones"},
    NamedValue{LossKind::l1, "l1", "Absolute error", "robust against outliers, but images become blurrier"},
};

/// How the timesteps of a batch are sampled: uniformly, with a probability proportional to the root mean
/// square of their recent losses (Nichol & Dhariwal 2021, sec. 3.3), or so that log SNR is normally
/// distributed.
enum class TimestepSampling { uniform, loss_second_moment, log_snr };
template <>
inline constexpr std::array names_of<TimestepSampling> = {
    NamedValue{TimestepSampling::uniform, "uniform", "Uniform", "every timestep with the same probability"},
    NamedValue{TimestepSampling::loss_second_moment, "loss_second_moment", "By loss",
               "timesteps with a large loss more often, with weights that compensate for it "
               "(Nichol & Dhariwal 2021)"},
    NamedValue{TimestepSampling::log_snr, "log_snr", "Around log SNR 0",
               "timesteps with about as much noise as image more often, without weights"},
};

/// The weight of each timestep in the loss: equal, or min-SNR (Hang et al. 2023).
enum class LossWeighting { uniform, min_snr };
template <>
inline constexpr std::array names_of<LossWeighting> = {
    NamedValue{LossWeighting::uniform, "uniform", "Uniform", "the same weight for every timestep"},
    NamedValue{LossWeighting::min_snr, "min_snr", "Min-SNR",
               "limits the weight of timesteps with little noise (Hang et al. 2023)"},
};

/// Which noise is added to which image of a batch: that drawn for it, or the noise of the batch assigned so
/// that the distances are small (immiscible diffusion, Li et al. 2024).
enum class NoisePairing { independent, immiscible };
template <>
inline constexpr std::array names_of<NoisePairing> = {
    NamedValue{NoisePairing::independent, "independent", "Independent", "noise drawn for each image"},
    NamedValue{NoisePairing::immiscible, "immiscible", "Immiscible (experiment)",
               "the noise of a batch is assigned to its images so that their distances are small "
               "(Li et al. 2024)"},
};

/// What turns gradients into changes of the weights.
enum class OptimizerKind { adamw, muon };
template <>
inline constexpr std::array names_of<OptimizerKind> = {
    NamedValue{OptimizerKind::adamw, "adamw", "AdamW", "Loshchilov & Hutter 2019"},
    NamedValue{OptimizerKind::muon, "muon", "Muon",
               "orthogonal updates for the matrices (Jordan et al. 2024), and AdamW for the rest"},
};

/// The fixed variance of a reverse step: beta_t ("large") or beta_tilde_t ("small"), Ho et al. 2020,
/// sec. 3.2.
enum class VarianceKind { beta, beta_tilde };
template <>
inline constexpr std::array names_of<VarianceKind> = {
    NamedValue{VarianceKind::beta, "beta", "beta", "the upper bound, used for CIFAR-10 by Ho et al. 2020"},
    NamedValue{VarianceKind::beta_tilde, "beta_tilde", "beta_tilde",
               "the lower bound, the variance of q(x_{t-1} | x_t, x_0)"},
};

/// What a sampler does with predicted values of x_0 outside [-1, 1]: keep them, clip them, or apply dynamic
/// thresholding (Saharia et al. 2022, sec. 2.3).
enum class Clipping { none, range, dynamic };
template <>
inline constexpr std::array names_of<Clipping> = {
    NamedValue{Clipping::none, "none", "None", "keeps values of x_0 outside [-1, 1]"},
    NamedValue{Clipping::range, "range", "Clip", "clips x_0 to [-1, 1]"},
    NamedValue{Clipping::dynamic, "dynamic", "Dynamic thresholding",
               "scales each image by a percentile of its values (Saharia et al. 2022)"},
};

}  // namespace denoise
