#include "engine/device/precision.h"

#include <ATen/Context.h>
#include <ATen/autocast_mode.h>

namespace denoise {
namespace {

at::DeviceType type_of(ComputeDevice device) {
    return is_graphics_card(device) ? at::kCUDA : at::kCPU;
}

}  // namespace

PrecisionScope::PrecisionScope(ComputeDevice device, DevicePrecision precision)
    : device_(device), bfloat16_(precision == DevicePrecision::bfloat16) {
    if (is_graphics_card(device_)) {
        at::Context& context = at::globalContext();
        matrices_before_ = context.allowTF32CuBLAS();
        convolutions_before_ = context.allowTF32CuDNN();
        measuring_before_ = context.benchmarkCuDNN();
        const bool fast = precision != DevicePrecision::exact;
        context.setAllowTF32CuBLAS(fast);
        context.setAllowTF32CuDNN(fast);
        context.setBenchmarkCuDNN(fast);
    }
    if (!bfloat16_) return;
    at::autocast::set_autocast_dtype(type_of(device_), at::kBFloat16);
    at::autocast::set_autocast_enabled(type_of(device_), true);
    at::autocast::increment_nesting();
}

PrecisionScope::~PrecisionScope() {
    if (bfloat16_) {
        if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
        at::autocast::set_autocast_enabled(type_of(device_), false);
    }
    if (!is_graphics_card(device_)) return;
    at::Context& context = at::globalContext();
    context.setAllowTF32CuBLAS(matrices_before_);
    context.setAllowTF32CuDNN(convolutions_before_);
    context.setBenchmarkCuDNN(measuring_before_);
}

}  // namespace denoise
