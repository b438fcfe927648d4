#pragma once

#include <torch/torch.h>

namespace denoise {

/// Whether group_norm_silu() supports `x`: float32 or bfloat16 [B,C,H,W] on the CPU, channels last.
bool supports_group_norm_silu(const torch::Tensor& x);

/// SiLU(GroupNorm(x + shift)), in one pass over the data for the statistics and one for the result, and
/// without the intermediate tensors, which a composition of operators writes and keeps for the gradients.
/// Sums are formed in float32. `shift` [B,C] is added to every position; undefined: none. `weight` and `bias`
/// are float32 [C]. Returns a tensor like `x`. Has gradients for all four tensors.
torch::Tensor group_norm_silu(const torch::Tensor& x, const torch::Tensor& shift, std::int64_t groups,
                              const torch::Tensor& weight, const torch::Tensor& bias, double eps);

}  // namespace denoise
