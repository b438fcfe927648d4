#include "engine/network/inference.h"

#include <ATen/autocast_mode.h>

#include "engine/network/activation.h"
#include "engine/network/convolution.h"
#include "engine/network/flat_parameters.h"

namespace denoise {
namespace {

WinogradPlan plan_of(const Execution& execution) {
    return can_use_winograd(execution) ? winograd_plan(execution.winograd) : WinogradPlan{};
}

}  // namespace

ExecutionScope::ExecutionScope(const Execution& execution)
    : bfloat16_(execution.bfloat16),
      channels_last_(execution.channels_last),
      fused_before_(use_fused_kernels(execution.kernels == Kernels::fused)),
      winograd_before_(use_winograd(plan_of(execution))) {
    if (execution.threads > 0 && execution.threads != at::get_num_threads())
        at::set_num_threads(execution.threads);
    if (!bfloat16_) return;
    at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
    at::autocast::set_autocast_enabled(at::kCPU, true);
    at::autocast::increment_nesting();
}

ExecutionScope::~ExecutionScope() {
    use_fused_kernels(fused_before_);
    use_winograd(winograd_before_);
    if (!bfloat16_) return;
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(at::kCPU, false);
}

UNet make_network(const UNetConfig& config, int channels, int height, int width,
                  const torch::Tensor& values) {
    UNet network(config, channels, height, width);
    const FlatParameters parameters(*network);
    TORCH_CHECK(values.numel() == parameters.values().numel(), "the parameters belong to another network");
    const torch::NoGradGuard no_grad;
    parameters.values().copy_(values);
    for (torch::Tensor& parameter : network->parameters()) {
        parameter.set_requires_grad(false);
        parameter.mutable_grad().reset();
    }
    network->eval();
    return network;
}

torch::Tensor predict(UNet& network, const torch::Tensor& x_t, const torch::Tensor& t,
                      const torch::Tensor& labels, const Execution& execution) {
    const torch::NoGradGuard no_grad;
    const ExecutionScope scope(execution);
    return network(scope.input(x_t), t, labels).to(torch::kFloat32).contiguous();
}

}  // namespace denoise
