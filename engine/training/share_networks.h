#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>
#include <vector>

#include "engine/network/flat_parameters.h"
#include "engine/network/share_threads.h"
#include "engine/network/unet.h"

namespace denoise {

/// Computes the gradients of the shares of a batch at the same time. Each share has a network of its own,
/// with the same weights in memory and with gradients of its own, which are added up afterwards, always in
/// the same order.
class ShareNetworks {
  public:
    /// `network` is that of the first share, and `parameters` are its own, which get the sum.
    ShareNetworks(UNet network, const FlatParameters& parameters);

    /// Calls compute(share, network, execution) for each share, which adds to the gradients of the network,
    /// of images [B,C,H,W] with the sizes `images`. See ShareThreads::compute(). After an exception, the
    /// gradients are incomplete.
    using Compute = std::function<void(int, UNet&, const Execution&)>;
    void compute(const Execution& execution, int shares, at::IntArrayRef images, const Compute& compute);

  private:
    struct Copy {
        UNet network;
        FlatParameters parameters;
    };
    void make_copies(int count, at::IntArrayRef images);

    UNet network_;
    torch::Tensor values_, gradients_;
    std::vector<Copy> copies_;  ///< for the second share and the following ones, once they are needed
    ShareThreads threads_;
};

}  // namespace denoise
