#include "engine/network/activation.h"

#include "engine/network/fused_group_norm.h"

namespace denoise {
namespace {

thread_local bool fused_kernels = false;

}  // namespace

bool use_fused_kernels(bool fused) {
    return std::exchange(fused_kernels, fused);
}

torch::Tensor normalize_and_activate(torch::nn::GroupNorm& norm, const torch::Tensor& x,
                                     const torch::Tensor& shift, Activation activation) {
    if (fused_kernels && activation == Activation::silu && supports_fused_group_norm(x))
        return fused_group_norm(x, shift, norm->options.num_groups(), norm->weight, norm->bias,
                                norm->options.eps(), FusedActivation::silu);
    return activate(norm(shift.defined() ? x + shift.unsqueeze(-1).unsqueeze(-1) : x), activation);
}

torch::Tensor normalize(torch::nn::GroupNorm& norm, const torch::Tensor& x) {
    if (fused_kernels && supports_fused_group_norm(x))
        return fused_group_norm(x, {}, norm->options.num_groups(), norm->weight, norm->bias,
                                norm->options.eps(), FusedActivation::none);
    return norm(x);
}

}  // namespace denoise
