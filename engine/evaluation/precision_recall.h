#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <stop_token>
#include <string>

#include "engine/evaluation/feature_extractor.h"

namespace denoise {

/// Improved precision and recall (Kynkaanniemi et al. 2019). Each set's manifold is the union of balls around
/// its vectors that reach to the k-th nearest other vector of the set.
struct PrecisionRecall {
    double precision = 0;  ///< share of samples inside the reference's manifold: how many look real
    double recall = 0;     ///< share of references inside the samples' manifold: how much is covered
    int k = 0;
    std::int64_t samples = 0, references = 0;
};

/// For features [N,D] and [M,D] of any real type. Distances are exact and computed in blocks. `progress`
/// counts rows of distances. Throws Error when a set has k vectors or fewer, and Cancelled.
PrecisionRecall precision_recall(const torch::Tensor& samples, const torch::Tensor& references, int k = 3,
                                 const WorkProgress& progress = {}, const std::stop_token& stop = {});

}  // namespace denoise
