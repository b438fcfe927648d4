#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace denoise {

/// The assignment of rows to different columns with the least sum of `costs`, float64 [n,n]: the column of
/// each row. The Hungarian algorithm (Kuhn 1955) with shortest augmenting paths, O(n^3).
std::vector<std::int64_t> cheapest_assignment(const torch::Tensor& costs);

/// `eps` [B,C,H,W] in another order, in which the sum of the squared distances to the images `x0` is least
/// (immiscible diffusion, Li et al. 2024). In batches of more than 256 images, among each 256 of them. Always
/// the same for the same numbers.
torch::Tensor paired_noise(const torch::Tensor& x0, const torch::Tensor& eps);

}  // namespace denoise
