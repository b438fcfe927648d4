#include "engine/network/activation.h"

#include "engine/network/group_norm_silu.h"

namespace denoise {
namespace {

thread_local bool fused_kernels = false;

}  // namespace

bool use_fused_kernels(bool fused) {
    return std::exchange(fused_kernels, fused);
}

torch::Tensor normalize_and_activate(torch::nn::GroupNorm& norm, const torch::Tensor& x,
                                     const torch::Tensor& shift, Activation activation) {
    if (fused_kernels && activation == Activation::silu && supports_group_norm_silu(x))
        return group_norm_silu(x, shift, norm->options.num_groups(), norm->weight, norm->bias,
                               norm->options.eps());
    return activate(norm(shift.defined() ? x + shift.unsqueeze(-1).unsqueeze(-1) : x), activation);
}

}  // namespace denoise
