#pragma once

#include <torch/torch.h>

#include <memory>
#include <optional>
#include <vector>

#include "engine/data/dataset.h"
#include "engine/data/split.h"
#include "engine/diffusion/loss.h"
#include "engine/distributed/communicator.h"
#include "engine/model/checkpoint.h"
#include "engine/network/unet.h"
#include "engine/runs/run_config.h"
#include "engine/training/held_out.h"
#include "engine/training/muon.h"
#include "engine/training/optimizer.h"
#include "engine/training/share_networks.h"

namespace denoise {

/// The result of one training step.
struct TrainStep {
    double loss = 0;
    double gradient_norm = 0;
    double learning_rate = 0;
    bool finite = true;  ///< false: loss or gradient is NaN or infinite, and the weights are unchanged
};

/// Whether the batch of a training can be divided into shares that are computed at the same time. Dropout,
/// which draws numbers in the order of the operators, and the pairing of noise with images need all of it.
bool can_be_divided(const RunConfig& config);

/// Trains a U-Net on a dataset without its held-out images, one step at a time (Ho et al. 2020, alg. 1). All
/// random numbers of step s come from generators that are seeded with (seed, s), so a run resumed from a
/// checkpoint gives exactly the same results as an uninterrupted one. The random numbers are drawn on the
/// processor, so that all devices have the same ones, except for dropout.
class Trainer {
  public:
    /// The network and the state are on the device of the execution. Throws Error if the config does not
    /// match the dataset (see check_run()).
    Trainer(const RunConfig& config, std::shared_ptr<const Dataset> dataset, const Execution& execution = {});

    /// From now on, the processes of `group`, which must outlive the trainer, do each step together, in which
    /// each has a batch of its own. They then have the losses of one process with a batch as large as all of
    /// them, except that the dropout of the network is another. They go on from the state of process 0. All
    /// must have the same config, and call the functions of this class that compute at the same time. These
    /// throw what do_together() throws.
    void train_with(Communicator& group);
    /// The images of a step, of all processes.
    std::int64_t images_per_step() const;

    /// Does one step, at `fraction` (0..1) of the budget; in a group, that of process 0. Throws Cancelled if
    /// a StopScope asks for it; the state is then that before the step.
    TrainStep step(double fraction);
    /// Whether a step has failed while it changed the state, for example because memory ran out. The state is
    /// then worthless until restore().
    bool is_torn() const { return torn_; }

    /// Whether the held-out losses are to be measured after the last step.
    bool held_out_due() const;
    /// The losses of the EMA weights on held-out images and on training images. The state does not change.
    /// Throws Cancelled like step(). Requires held-out images.
    HeldOutLosses held_out_losses();

    const Dataset& dataset() const { return *dataset_; }
    const DatasetSplit& split() const { return split_; }
    const RunConfig& config() const { return config_; }
    const std::vector<FlatParameters::Slice>& slices() const { return parameters_.slices(); }
    const TrainingState& state() const { return state_; }
    void restore(const TrainingState& state);  ///< of any device
    void use(const Execution& execution);      ///< for the following steps, on the same device
    /// Uses the settings of `config` that can change during a training, from the next step on.
    void adopt(const RunConfig& config);

  private:
    struct Batch {
        torch::Tensor x0;      ///< [B,C,H,W] in [-1, 1]
        torch::Tensor labels;  ///< int64 [B]; undefined without classes
    };
    /// The images of this process in the batch of all.
    ProcessShare share() const;
    void take_state_from_first();
    std::vector<std::int64_t> next_indices();
    int shares_of_step() const;
    ImageLosses compute_gradients();
    void seed_dropout(std::int64_t part) const;
    Batch next_batch(at::Generator& generator);
    void change_weights(double learning_rate);
    void note_losses(const ImageLosses& losses);

    RunConfig config_;
    std::shared_ptr<const Dataset> dataset_;
    DatasetSplit split_;
    torch::Tensor images_;  ///< uint8 [N,C,H,W], a view of the dataset's memory
    torch::Device device_;
    Loss loss_;
    UNet network_;
    Execution execution_;
    ConditionalDenoiser denoiser_;  ///< network_, as the execution demands
    FlatParameters parameters_;
    ShareNetworks shares_;
    AdamW adamw_;
    std::optional<Muon> muon_;  ///< for the inner matrices, with the first moment of adamw_ as momentum
    TrainingState state_;
    std::optional<HeldOutComparison> held_out_;  ///< from the first time that it is needed
    std::vector<std::int64_t> order_;            ///< of the images in the current epoch
    std::int64_t order_epoch_ = -1;
    bool torn_ = false;
    Communicator* group_ = nullptr;  ///< null: alone
};

}  // namespace denoise
