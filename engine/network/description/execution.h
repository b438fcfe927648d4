#pragma once

#include <cstdint>
#include <string>

#include "engine/base/compute_device.h"
#include "engine/base/enum_names.h"

namespace denoise {

/// The number format of the network's computations. Weights are always stored in float32.
enum class Precision { automatic, float32, bfloat16 };
template <>
inline constexpr std::array names_of<Precision> = {
    NamedValue{Precision::automatic, "automatic", "Automatic", "the fastest on this machine, measured"},
    NamedValue{Precision::float32, "float32", "float32", "exact and supported by every processor"},
    NamedValue{Precision::bfloat16, "bfloat16", "bfloat16",
               "less exact; faster on some processors with AVX-512 BF16 or AMX"},
};

/// The order of a tensor's elements in memory: by position with the channels together, or by channel.
enum class MemoryLayout { automatic, channels_last, contiguous };
template <>
inline constexpr std::array names_of<MemoryLayout> = {
    NamedValue{MemoryLayout::automatic, "automatic", "Automatic", "the fastest on this machine, measured"},
    NamedValue{MemoryLayout::channels_last, "channels-last", "Channels last", "[B,H,W,C] in memory"},
    NamedValue{MemoryLayout::contiguous, "contiguous", "Contiguous", "[B,C,H,W] in memory"},
};

/// How the operators of a network are computed.
enum class Kernels { fused, plain };
template <>
inline constexpr std::array names_of<Kernels> = {
    NamedValue{Kernels::fused, "fused", "Fused",
               "several operators in one pass over the data, and other algorithms where they are faster"},
    NamedValue{Kernels::plain, "plain", "Plain", "LibTorch's operators, one after the other"},
};

/// How attention is computed.
enum class AttentionKernel { flash, products };
template <>
inline constexpr std::array names_of<AttentionKernel> = {
    NamedValue{AttentionKernel::flash, "flash", "Flash attention", "one operator that keeps no weights"},
    NamedValue{AttentionKernel::products, "products", "Matrix products",
               "two matrix products and a softmax; faster in bfloat16 on some processors"},
};

/// How a network is computed. It decides the speed and the last digits of the results, because the order of
/// sums depends on it.
struct Execution {
    bool bfloat16 = false;
    bool channels_last = true;
    int threads = 0;  ///< 0: as many as before
    Kernels kernels = Kernels::fused;
    /// The 3x3 convolutions that are computed by Winograd's algorithm (see engine/network/winograd_plan.h);
    /// empty: none. Only with fused kernels, in float32 and channels last.
    std::string winograd = {};
    /// Products only on the processor, with fused kernels and in bfloat16.
    AttentionKernel attention = AttentionKernel::flash;
    ComputeDevice device = ComputeDevice::cpu;  ///< a definite one
    /// The batch is divided into so many shares, which are computed at the same time, each with
    /// threads / batch_shares threads. 1: it is not divided. See shares_of_batch().
    int batch_shares = 1;

    bool operator==(const Execution&) const = default;
};

/// Into how many shares `execution` divides a batch of `images` images with `threads` threads: batch_shares,
/// but not more than there are images or threads, and 1 on a graphics card or with plain kernels.
int shares_of_batch(const Execution& execution, std::int64_t images, int threads);

/// For example "bfloat16, channels last, 2 threads, batch in 2 shares". Without the threads if their number
/// is 0, and on a graphics card: "cuda:0, bfloat16, channels last".
std::string describe_execution(const Execution& execution);

/// The precision and layout of `execution`, never automatic.
inline Precision precision_of(const Execution& execution) {
    return execution.bfloat16 ? Precision::bfloat16 : Precision::float32;
}
inline MemoryLayout layout_of(const Execution& execution) {
    return execution.channels_last ? MemoryLayout::channels_last : MemoryLayout::contiguous;
}

}  // namespace denoise
