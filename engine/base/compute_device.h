#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/enum_names.h"

namespace denoise {

/// What computes a network: the processor, or one of the graphics cards for CUDA that this process sees. In
/// settings also automatic, and cuda for the first card; elsewhere it is always a definite one.
enum class ComputeDevice {
    automatic,
    cpu,
    cuda,
    cuda_0,
    cuda_1,
    cuda_2,
    cuda_3,
    cuda_4,
    cuda_5,
    cuda_6,
    cuda_7
};
template <>
inline constexpr std::array names_of<ComputeDevice> = {
    NamedValue{ComputeDevice::automatic, "automatic", "Automatic",
               "the first graphics card that can be used, otherwise the processor"},
    NamedValue{ComputeDevice::cpu, "cpu", "Processor", "the processor of this computer"},
    NamedValue{ComputeDevice::cuda, "cuda", "Graphics card", "the first graphics card for CUDA"},
    NamedValue{ComputeDevice::cuda_0, "cuda:0", "Graphics card 0", "graphics card 0 for CUDA"},
    NamedValue{ComputeDevice::cuda_1, "cuda:1", "Graphics card 1", "graphics card 1 for CUDA"},
    NamedValue{ComputeDevice::cuda_2, "cuda:2", "Graphics card 2", "graphics card 2 for CUDA"},
    NamedValue{ComputeDevice::cuda_3, "cuda:3", "Graphics card 3", "graphics card 3 for CUDA"},
    NamedValue{ComputeDevice::cuda_4, "cuda:4", "Graphics card 4", "graphics card 4 for CUDA"},
    NamedValue{ComputeDevice::cuda_5, "cuda:5", "Graphics card 5", "graphics card 5 for CUDA"},
    NamedValue{ComputeDevice::cuda_6, "cuda:6", "Graphics card 6", "graphics card 6 for CUDA"},
    NamedValue{ComputeDevice::cuda_7, "cuda:7", "Graphics card 7", "graphics card 7 for CUDA"},
};
inline constexpr int most_graphics_cards = 8;

/// Whether it is one of the graphics cards.
constexpr bool is_graphics_card(ComputeDevice device) {
    return device >= ComputeDevice::cuda;
}
/// The number of the card, from 0; `device` is one of them.
constexpr int graphics_card_number(ComputeDevice device) {
    return device == ComputeDevice::cuda ? 0
                                         : static_cast<int>(device) - static_cast<int>(ComputeDevice::cuda_0);
}
/// The card with this number, from 0 to 7.
constexpr ComputeDevice graphics_card(int number) {
    return static_cast<ComputeDevice>(static_cast<int>(ComputeDevice::cuda_0) + number);
}

/// A device of this computer.
struct DeviceInfo {
    ComputeDevice device = ComputeDevice::cpu;
    std::string name;               ///< of the model: "NVIDIA GeForce RTX 4090"
    std::int64_t memory_bytes = 0;  ///< its own memory; 0: that of the computer, or unknown
};

}  // namespace denoise
