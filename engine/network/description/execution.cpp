#include "engine/network/description/execution.h"

#include <algorithm>

namespace denoise {

int shares_of_batch(const Execution& execution, std::int64_t images, int threads) {
    if (execution.device != ComputeDevice::cpu || execution.kernels == Kernels::plain) return 1;
    const std::int64_t most = std::min<std::int64_t>(images, threads);
    return static_cast<int>(std::clamp<std::int64_t>(most, 1, std::max(execution.batch_shares, 1)));
}

std::string describe_execution(const Execution& execution) {
    const bool graphics_card = is_graphics_card(execution.device);
    std::string text = graphics_card ? std::string(name_of(execution.device)) + ", " : std::string();
    text += execution.bfloat16 ? "bfloat16" : "float32";
    text += execution.channels_last ? ", channels last" : ", contiguous";
    if (execution.kernels == Kernels::plain) text += ", plain kernels";
    if (!execution.winograd.empty()) text += ", Winograd convolutions";
    if (execution.attention == AttentionKernel::products) text += ", attention by matrix products";
    if (execution.threads == 0 || graphics_card) return text;
    text += ", " + std::to_string(execution.threads) + (execution.threads == 1 ? " thread" : " threads");
    const int shares = shares_of_batch(execution, execution.threads, execution.threads);
    return shares > 1 ? text + ", batch in " + std::to_string(shares) + " shares" : text;
}

}  // namespace denoise
