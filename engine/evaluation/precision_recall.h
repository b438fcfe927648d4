#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "engine/base/work.h"

namespace denoise {

/// Improved precision and recall (Kynkaanniemi et al. 2019). The manifold of a set is the union of the balls
/// around its vectors whose radius is the distance to the k-th nearest other vector of the set.
struct PrecisionRecall {
    double precision = 0;  ///< share of the samples within the references' manifold: how many look real
    double recall = 0;     ///< share of the references within the samples' manifold: how much is covered
    int k = 0;
    std::int64_t samples = 0, references = 0;
};

/// For features [N,D] and [M,D] of any real type. Distances are exact and computed in blocks, one per step.
/// Throws Error if a set has k vectors or fewer.
Work<PrecisionRecall> precision_recall(torch::Tensor samples, torch::Tensor references, int k = 3);

}  // namespace denoise
