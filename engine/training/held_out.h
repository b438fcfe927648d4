#pragma once

#include <torch/torch.h>

#include "engine/data/split.h"
#include "engine/diffusion/loss.h"
#include "engine/runs/metrics.h"

namespace denoise {

/// How many held-out images, and how many training images, are evaluated at once for steps of `batch` images.
std::int64_t held_out_count(int batch);

/// The number of steps between two evaluations. They take about 1 % of the time of the steps between: an
/// image without gradients costs about a third of one in a step.
std::int64_t held_out_interval(int batch);

/// The images, timesteps and noise with which the losses of a run are compared, always the same ones.
class HeldOutComparison {
  public:
    /// `images` is uint8 [N,C,H,W], all images of the dataset, and `labels` their classes. The classes are
    /// only used if the network is conditioned on them.
    HeldOutComparison(const torch::Tensor& images, const std::vector<std::int64_t>& labels, bool conditional,
                      const DatasetSplit& split, const Loss& loss, int batch, std::int64_t seed);

    /// Both losses of `network`, which computes without gradients.
    HeldOutLosses measure(const Loss& loss, const ConditionalDenoiser& network) const;
    /// The part of process `rank` of `size`, which evaluates a part of the images: the sum over all processes
    /// is measure().
    HeldOutLosses measure_share(const Loss& loss, const ConditionalDenoiser& network, int rank,
                                int size) const;

  private:
    struct Images {
        torch::Tensor x0;      ///< float32 [K,C,H,W] in [-1, 1]
        torch::Tensor labels;  ///< int64 [K]; undefined without classes
    };
    Images training_, held_out_;
    torch::Tensor t_, eps_;
};

}  // namespace denoise
