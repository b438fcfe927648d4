#pragma once

#include <torch/torch.h>

#include "engine/diffusion/denoiser.h"

namespace denoise {

struct Guidance {
    double scale = 1;              ///< 1: none; the output is unlabelled + scale (labelled - unlabelled)
    double rescale = 0;            ///< 0 .. 1: how much of the labelled output's contrast is restored
    std::int64_t unlabelled = -1;  ///< the label for "no label"; -1: the network has none
};

/// Classifier-free guidance (Ho & Salimans 2022) with the rescaling of Lin et al. 2023, sec. 3.4. The network
/// evaluates the labelled and the unlabelled half in one batch; at scale 1, only the labelled half. Throws
/// Error if the scale is not 1 and the network has no label for "no label".
Denoiser guided(ConditionalDenoiser network, torch::Tensor labels, const Guidance& guidance);

}  // namespace denoise
