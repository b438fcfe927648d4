#pragma once

#include <torch/torch.h>

#include "engine/network/description/execution.h"

namespace denoise {

/// Whether matrix products can be used for attention: on the processor, in bfloat16 and with fused kernels.
/// In float32, LibTorch's operator is as fast.
bool can_use_attention_products(const Execution& execution);

/// Selects how networks of the calling thread compute attention. Returns the previous choice; it is
/// AttentionKernel::flash at first.
AttentionKernel use_attention(AttentionKernel kernel);

/// softmax(q k^T / sqrt(d)) v for q, k, v [B,heads,N,d] (Vaswani et al. 2017, eq. 1). More than
/// most_tokens_in_products positions always use flash attention.
torch::Tensor attend(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v);

/// Products keep N x N weights for each image. Up to here they need about as much memory as q, k and v.
constexpr std::int64_t most_tokens_in_products = 512;

}  // namespace denoise
