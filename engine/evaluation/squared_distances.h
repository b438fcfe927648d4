#pragma once

#include <torch/torch.h>

namespace denoise {

/// Squared Euclidean distances of all pairs, float64 [M,N], of rows a [M,D] and b [N,D] in float64. Rows
/// whose distance is less than a millionth of their length, which float32 cannot resolve, count as equal.
torch::Tensor squared_distances(const torch::Tensor& a, const torch::Tensor& b);

/// How many rows of a [*,N] matrix of distances fit into the memory that one block may take.
std::int64_t rows_per_block(std::int64_t columns);

}  // namespace denoise
