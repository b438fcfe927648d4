#pragma once

#include <torch/torch.h>

namespace denoise {

/// Whether the functions below can compute a convolution of `x` [B,C,H,W] with `weight` [K,C,3,3]: float32 on
/// the CPU, channels last, and multiples of 16 channels.
bool supports_winograd(const torch::Tensor& x, const torch::Tensor& weight);

// A convolution with stride 1 and a padding of 1, and its gradients, by Winograd's algorithm F(4x4, 3x3),
// which needs a quarter of the multiplications. Errors are about ten times those of LibTorch's convolution,
// of the order of 1e-5 of the largest result.

/// [B,K,H,W], channels last. `bias` [K] and `added` [B,K,H,W] are added to the result; undefined: nothing is.
torch::Tensor winograd_convolution(const torch::Tensor& x, const torch::Tensor& weight,
                                   const torch::Tensor& bias, const torch::Tensor& added);
/// The gradient of x, from the gradient `dy` of the result.
torch::Tensor winograd_input_gradient(const torch::Tensor& dy, const torch::Tensor& weight);
/// The gradients of the weights and of the bias.
std::pair<torch::Tensor, torch::Tensor> winograd_weight_gradient(const torch::Tensor& x,
                                                                 const torch::Tensor& dy);

}  // namespace denoise
