#include "engine/network/inference.h"

#include "engine/device/transfer.h"
#include "engine/network/activation.h"
#include "engine/network/attention.h"
#include "engine/network/convolution.h"
#include "engine/network/flat_parameters.h"

namespace denoise {
namespace {

WinogradPlan plan_of(const Execution& execution) {
    return can_use_winograd(execution) ? winograd_plan(execution.winograd) : WinogradPlan{};
}

AttentionKernel attention_of(const Execution& execution) {
    return can_use_attention_products(execution) ? execution.attention : AttentionKernel::flash;
}

DevicePrecision precision_for(const Execution& execution) {
    if (execution.bfloat16) return DevicePrecision::bfloat16;
    return execution.kernels == Kernels::plain ? DevicePrecision::exact : DevicePrecision::float32;
}

}  // namespace

ExecutionScope::ExecutionScope(const Execution& execution)
    : precision_(execution.device, precision_for(execution)),
      channels_last_(execution.channels_last),
      fused_before_(use_fused_kernels(execution.kernels == Kernels::fused)),
      winograd_before_(use_winograd(plan_of(execution))),
      attention_before_(use_attention(attention_of(execution))) {
    if (execution.threads > 0 && execution.threads != at::get_num_threads())
        at::set_num_threads(execution.threads);
}

ExecutionScope::~ExecutionScope() {
    use_fused_kernels(fused_before_);
    use_winograd(winograd_before_);
    use_attention(attention_before_);
}

UNet make_network(const UNetConfig& config, int channels, int height, int width, const torch::Tensor& values,
                  const torch::Device& device) {
    UNet network(config, channels, height, width);
    if (!device.is_cpu()) network->to(device);
    use_values(*network, values.to(device));
    for (torch::Tensor& parameter : network->parameters()) parameter.set_requires_grad(false);
    network->eval();
    return network;
}

torch::Tensor predict(UNet& network, const torch::Tensor& x_t, const torch::Tensor& t,
                      const torch::Tensor& labels, const Execution& execution) {
    const torch::NoGradGuard no_grad;
    const ExecutionScope scope(execution);
    const torch::Device device = torch_device(execution.device);
    const auto output =
        network(scope.input(sent_to(device, x_t)), sent_to(device, t), sent_to(device, labels));
    return output.to(torch::kFloat32).contiguous().to(x_t.device());
}

torch::Tensor predict(UNet& network, const torch::Tensor& x_t, const torch::Tensor& t,
                      const torch::Tensor& labels, const Execution& execution, ShareThreads& threads) {
    const int shares = shares_here(execution, x_t.size(0));
    if (shares == 1) return predict(network, x_t, t, labels, execution);
    const std::vector<ImageRange> ranges = divide_batch(x_t.size(0), shares);
    std::vector<torch::Tensor> outputs(ranges.size());
    threads.compute(execution, shares, [&](int share, const Execution& of_share) {
        const auto [first, count] = ranges[static_cast<std::size_t>(share)];
        outputs[static_cast<std::size_t>(share)] =
            predict(network, x_t.narrow(0, first, count), t.narrow(0, first, count),
                    labels.defined() ? labels.narrow(0, first, count) : labels, of_share);
    });
    return torch::cat(outputs);
}

}  // namespace denoise
