#pragma once

#include <string>

#include "engine/network/description/execution.h"

namespace denoise {

/// What of the 3x3 convolutions of a network is computed by Winograd's algorithm, in float32 and channels
/// last.
struct WinogradPlan {
    bool results = false, input_gradients = false, weight_gradients = false;

    bool operator==(const WinogradPlan&) const = default;
};

/// The plan as it is stored in runs: the names of what is computed so, separated by spaces, for example
/// "results input-gradients weight-gradients". Empty: nothing.
std::string to_string(const WinogradPlan& plan);
/// The plan of a text. Names of newer versions are ignored.
WinogradPlan winograd_plan(const std::string& text);

/// Whether the settings allow Winograd's algorithm: fused kernels, float32 and channels last,
/// on the processor.
bool can_use_winograd(const Execution& execution);

/// The plan for computations that are not worth a measurement: everything, if the processor has vector
/// instructions with AVX2 or wider.
WinogradPlan usual_winograd_plan();

}  // namespace denoise
