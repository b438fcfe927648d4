#pragma once

#include <torch/torch.h>

namespace denoise {

/// Whether fused_group_norm() supports `x`: float32 or bfloat16 [B,C,H,W] on the CPU, channels last.
bool supports_fused_group_norm(const torch::Tensor& x);

/// What is applied to the result of a norm.
enum class FusedActivation { none, silu };

/// activation(GroupNorm(x + shift)), in one pass over the data for the statistics and one for the result, and
/// without the intermediate tensors, which a composition of operators writes and keeps for the gradients.
/// Sums are formed in float32. `shift` [B,C] is added to every position; undefined: none. `weight` and `bias`
/// are float32 [C]. Returns a tensor like `x`. Has gradients for all four tensors.
torch::Tensor fused_group_norm(const torch::Tensor& x, const torch::Tensor& shift, std::int64_t groups,
                               const torch::Tensor& weight, const torch::Tensor& bias, double eps,
                               FusedActivation activation);

}  // namespace denoise
