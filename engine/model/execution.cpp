#include "engine/model/execution.h"

#include "engine/base/processors.h"
#include "engine/device/devices.h"
#include "engine/network/attention.h"
#include "engine/network/winograd_plan.h"

namespace denoise {
namespace {

/// What runs written before the execution was recorded meant by an automatic precision.
bool bfloat16_by_processor() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16") != 0;
#else
    return false;
#endif
}

}  // namespace

Execution default_execution(const TrainingConfig& training) {
    Execution execution{.bfloat16 = training.precision == Precision::bfloat16,
                        .channels_last = training.layout != MemoryLayout::contiguous,
                        .threads = training.threads,
                        .kernels = training.kernels,
                        .device = resolved_device(training.device)};
    if (can_use_winograd(execution)) execution.winograd = to_string(usual_winograd_plan());
    if (can_use_attention_products(execution)) execution.attention = AttentionKernel::products;
    return execution;
}

Execution execution_of(const RunHeader& header, ComputeDevice device) {
    const bool measured_here = header.measured && header.measured->machine == machine_name();
    if (measured_here) {
        const Execution& measured = header.measured->execution;
        const bool same_device =
            device == ComputeDevice::automatic || resolved_device(device) == measured.device;
        if (same_device && is_available(measured.device)) return measured;
    }
    TrainingConfig training = header.config.training;
    training.device = device == ComputeDevice::automatic ? usable_device(training.device) : device;
    Execution execution = default_execution(training);
    if (header.measured) return execution;
    execution.winograd.clear();
    execution.attention = AttentionKernel::flash;
    if (training.precision == Precision::automatic && execution.device == ComputeDevice::cpu)
        execution.bfloat16 = bfloat16_by_processor();
    return execution;
}

}  // namespace denoise
