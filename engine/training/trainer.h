#pragma once

#include <torch/torch.h>

#include <memory>
#include <optional>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/diffusion/forward_process.h"
#include "engine/diffusion/timestep_sampler.h"
#include "engine/diffusion/variational_bound.h"
#include "engine/network/unet.h"
#include "engine/training/flat_parameters.h"
#include "engine/training/optimizer.h"
#include "engine/training/run_config.h"

namespace denoise {

/// One training step's figures.
struct TrainStep {
    double loss = 0;
    double gradient_norm = 0;
    double learning_rate = 0;
    bool finite =
        true;  ///< false: loss or gradient is NaN or infinite, and the weights were left as they were
};

/// All that a checkpoint keeps of a trainer besides the config; buffers as in FlatParameters.
struct TrainerState {
    std::int64_t step = 0;
    torch::Tensor values, ema, first_moment, second_moment;
    std::vector<double> timestep_losses;
    torch::Tensor loss_history,
        losses_seen;  ///< of the LossSecondMomentSampler; undefined where t is uniform
};

/// Trains a U-Net on a dataset, one step at a time (Ho et al. 2020, alg. 1). All chance in step s comes from
/// generators that are seeded with (seed, s): a run that goes on from a checkpoint repeats the run that was
/// never interrupted, bit for bit.
class Trainer {
  public:
    /// Throws Error when config and dataset do not fit (check_run()).
    Trainer(const RunConfig& config, std::shared_ptr<const Dataset> dataset);

    /// Exactly one step, at `fraction` (0..1) of the budget.
    TrainStep step(double fraction);

    std::int64_t steps_done() const { return state_.step; }
    /// Moving mean of the loss in timestep_bins equal bins of t; NaN where nothing was seen.
    const std::vector<double>& timestep_losses() const { return state_.timestep_losses; }
    static constexpr int timestep_bins = 20;

    const FlatParameters& parameters() const { return parameters_; }
    const TrainerState& state() const { return state_; }
    void restore(const TrainerState& state);
    void scale_learning_rate(double factor) { config_.training.learning_rate *= factor; }
    const RunConfig& config() const { return config_; }
    void set_budget(std::int64_t steps, double minutes);

  private:
    struct Batch {
        torch::Tensor x0;      ///< [B,C,H,W] in [-1, 1]
        torch::Tensor labels;  ///< int64 [B]; undefined unless classes are learned
    };
    Batch next_batch(at::Generator& generator);
    /// The part of the hybrid loss that teaches the variance (Nichol & Dhariwal 2021, sec. 3.1), per image
    /// [B].
    torch::Tensor variance_loss(const Batch& batch, const torch::Tensor& x_t, const torch::Tensor& t,
                                const torch::Tensor& answer, const torch::Tensor& v) const;
    void note_timestep_losses(const torch::Tensor& t, const torch::Tensor& losses);

    RunConfig config_;
    std::shared_ptr<const Dataset> dataset_;
    torch::Tensor images_;  ///< uint8 [N,C,H,W] over the dataset's own memory
    NoiseSchedule schedule_;
    ForwardTables tables_;
    BoundTables bound_tables_;
    torch::Tensor snr_;  ///< float32 [T]
    UNet network_;
    FlatParameters parameters_;
    AdamW optimizer_;
    TrainerState state_;
    std::vector<std::int64_t> order_;  ///< the epoch's permutation
    std::int64_t order_epoch_ = -1;
    std::optional<LossSecondMomentSampler> timestep_sampler_;
    bool bfloat16_ = false;
};

/// Whether `precision` means bfloat16 on this machine.
bool uses_bfloat16(Precision precision);

/// Runs `network` as a Denoiser would, in the run's precision, without gradients.
/// `labels` int64 [B], undefined for a network without classes.
torch::Tensor predict(UNet& network, const torch::Tensor& x_t, const torch::Tensor& t,
                      const torch::Tensor& labels, bool bfloat16);

/// A network in evaluation mode whose weights are a copy of the flat buffer `values`.
UNet make_network(const UNetConfig& config, int channels, int height, int width, const torch::Tensor& values);

}  // namespace denoise
