#include "engine/network/attention.h"

#include <cmath>
#include <utility>

namespace denoise {
namespace {

thread_local AttentionKernel kernel_in_use = AttentionKernel::flash;

torch::Tensor attend_by_products(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v) {
    const double scale = 1 / std::sqrt(static_cast<double>(q.size(-1)));
    return at::matmul(at::matmul(q * scale, k.transpose(-2, -1)).softmax(-1), v);
}

}  // namespace

bool can_use_attention_products(const Execution& execution) {
    return execution.device == ComputeDevice::cpu && execution.bfloat16 &&
           execution.kernels == Kernels::fused;
}

AttentionKernel use_attention(AttentionKernel kernel) {
    return std::exchange(kernel_in_use, kernel);
}

torch::Tensor attend(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v) {
    if (kernel_in_use == AttentionKernel::products && q.size(-2) <= most_tokens_in_products)
        return attend_by_products(q, k, v);
    return at::scaled_dot_product_attention(q, k, v);
}

}  // namespace denoise
