#pragma once

#include <torch/torch.h>

#include <functional>

#include "engine/diffusion/samplers.h"

namespace denoise {

/// A network that is told the class of each image: (x_t [B,C,H,W], t int64 [B], labels int64 [B]) ->
/// [B,C,H,W] or [B,2C,H,W].
using ConditionalDenoiser = std::function<torch::Tensor(const torch::Tensor& x_t, const torch::Tensor& t,
                                                        const torch::Tensor& labels)>;

struct Guidance {
    double scale = 1;              ///< 1: none; the answer is unlabelled + scale (labelled - unlabelled)
    double rescale = 0;            ///< 0 .. 1: how much of the labelled answer's contrast is restored
    std::int64_t unlabelled = -1;  ///< the label that stands for none; -1: the network has none
};

/// Classifier-free guidance (Ho & Salimans 2022) with the two halves in one batched call of the network; with
/// rescaling as Lin et al. 2023, sec. 3.4. At scale 1 the labelled half alone is called. Throws Error when
/// guidance is asked for and there is no unlabelled row.
Denoiser guided(ConditionalDenoiser network, torch::Tensor labels, const Guidance& guidance);

}  // namespace denoise
