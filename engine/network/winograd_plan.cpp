#include "engine/network/winograd_plan.h"

#include <array>
#include <sstream>

#include "engine/network/winograd_kernels.h"

namespace denoise {
namespace {

struct Part {
    const char* name;
    bool WinogradPlan::*member;
};
constexpr std::array parts = {Part{"results", &WinogradPlan::results},
                              Part{"input-gradients", &WinogradPlan::input_gradients},
                              Part{"weight-gradients", &WinogradPlan::weight_gradients}};

}  // namespace

std::string to_string(const WinogradPlan& plan) {
    std::string text;
    for (const Part& part : parts)
        if (plan.*part.member) text.append(text.empty() ? "" : " ").append(part.name);
    return text;
}

WinogradPlan winograd_plan(const std::string& text) {
    WinogradPlan plan;
    std::istringstream words(text);
    for (std::string word; words >> word;)
        for (const Part& part : parts)
            if (word == part.name) plan.*part.member = true;
    return plan;
}

bool can_use_winograd(const Execution& execution) {
    return execution.device == ComputeDevice::cpu && execution.kernels == Kernels::fused &&
           !execution.bfloat16 && execution.channels_last;
}

WinogradPlan usual_winograd_plan() {
    const bool fast = winograd::has_wide_vectors();
    return {fast, fast, fast};
}

}  // namespace denoise
