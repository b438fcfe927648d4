#include "engine/network/description/execution.h"

namespace denoise {

std::string describe_execution(const Execution& execution) {
    const bool graphics_card = is_graphics_card(execution.device);
    std::string text = graphics_card ? std::string(name_of(execution.device)) + ", " : std::string();
    text += execution.bfloat16 ? "bfloat16" : "float32";
    text += execution.channels_last ? ", channels last" : ", contiguous";
    if (execution.kernels == Kernels::plain) text += ", plain kernels";
    if (!execution.winograd.empty()) text += ", Winograd convolutions";
    if (execution.attention == AttentionKernel::products) text += ", attention by matrix products";
    if (execution.threads == 0 || graphics_card) return text;
    return text + ", " + std::to_string(execution.threads) +
           (execution.threads == 1 ? " thread" : " threads");
}

}  // namespace denoise
