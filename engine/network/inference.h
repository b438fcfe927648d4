#pragma once

#include <torch/torch.h>

#include "engine/network/unet.h"

namespace denoise {

/// Enables bfloat16 autocasting for the calling thread during its lifetime, if `bfloat16` is set.
class Autocast {
  public:
    explicit Autocast(bool bfloat16);
    ~Autocast();
    Autocast(const Autocast&) = delete;
    Autocast& operator=(const Autocast&) = delete;

  private:
    bool on_;
};

/// A network in evaluation mode whose weights are a copy of the flat buffer `values` (see FlatParameters).
UNet make_network(const UNetConfig& config, int channels, int height, int width, const torch::Tensor& values);

/// Evaluates `network` without gradients. Returns float32 [B,C,H,W] or [B,2C,H,W], contiguous. `labels` is
/// int64 [B], or undefined for a network without classes.
torch::Tensor predict(UNet& network, const torch::Tensor& x_t, const torch::Tensor& t,
                      const torch::Tensor& labels, bool bfloat16);

}  // namespace denoise
