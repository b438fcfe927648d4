#include "engine/network/activation.h"

#include "engine/network/fused_group_norm.h"

namespace denoise {
namespace {

thread_local bool fused_kernels = false;

bool can_fuse(const torch::Tensor& x) {
    return fused_kernels && supports_fused_group_norm(x);
}

torch::Tensor fused(const torch::nn::GroupNorm& norm, const torch::Tensor& x, const torch::Tensor& shift,
                    FusedActivation activation) {
    return fused_group_norm(x, shift, norm->options.num_groups(), norm->weight, norm->bias,
                            norm->options.eps(), activation);
}

}  // namespace

bool use_fused_kernels(bool fused) {
    return std::exchange(fused_kernels, fused);
}

torch::Tensor normalize_and_activate(torch::nn::GroupNorm& norm, const torch::Tensor& x,
                                     const torch::Tensor& shift, Activation activation) {
    if (activation == Activation::silu && can_fuse(x)) return fused(norm, x, shift, FusedActivation::silu);
    return activate(norm(shift.defined() ? x + shift.unsqueeze(-1).unsqueeze(-1) : x), activation);
}

torch::Tensor normalize(torch::nn::GroupNorm& norm, const torch::Tensor& x) {
    return can_fuse(x) ? fused(norm, x, {}, FusedActivation::none) : norm(x);
}

}  // namespace denoise
