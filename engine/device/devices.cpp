#include "engine/device/devices.h"

#include <ATen/DeviceAccelerator.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/processors.h"
#include "engine/device/cuda_driver.h"

namespace denoise {
namespace {

std::vector<DeviceInfo> find_devices() {
    std::vector<DeviceInfo> devices = {{ComputeDevice::cpu, machine_name(), 0}};
    const int cards = std::min(static_cast<int>(torch::cuda::device_count()), most_graphics_cards);
    if (cards == 0) return devices;
    const std::vector<CudaCard> described = describe_cuda_cards();
    for (int i = 0; i < cards; ++i) {
        // Without a description, cards of different models would share their measurements.
        const bool known = i < static_cast<int>(described.size());
        const CudaCard card = known ? described[static_cast<std::size_t>(i)] : CudaCard{"graphics card", 0};
        devices.push_back({graphics_card(i), card.name, card.memory_bytes});
    }
    return devices;
}

std::string names_of_all(const std::vector<DeviceInfo>& devices) {
    std::string names;
    for (const DeviceInfo& each : devices)
        names += (names.empty() ? "" : ", ") + std::string(name_of(each.device));
    return names;
}

ComputeDevice automatic_device() {
    const std::vector<DeviceInfo>& devices = available_devices();
    return devices.size() > 1 ? devices[1].device : ComputeDevice::cpu;
}

/// For cuda the first card; otherwise `device` itself.
ComputeDevice numbered(ComputeDevice device) {
    return device == ComputeDevice::cuda ? ComputeDevice::cuda_0 : device;
}

c10::DeviceIndex index_of(ComputeDevice device) {
    return static_cast<c10::DeviceIndex>(graphics_card_number(device));
}

}  // namespace

const std::vector<DeviceInfo>& available_devices() {
    static const std::vector<DeviceInfo> devices = find_devices();
    return devices;
}

bool is_available(ComputeDevice device) {
    return std::ranges::any_of(available_devices(),
                               [device](const DeviceInfo& each) { return each.device == numbered(device); });
}

ComputeDevice resolved_device(ComputeDevice wanted) {
    if (wanted == ComputeDevice::automatic) return automatic_device();
    if (is_available(wanted)) return numbered(wanted);
    const std::vector<DeviceInfo>& devices = available_devices();
    const std::string what = std::string("Cannot use the device ") + name_of(wanted);
    if (devices.size() > 1)
        throw Error{what, "the devices of this computer are " + names_of_all(devices),
                    "Set device to one of them, or to automatic", "device"};
    throw Error{what, why_no_graphics_card(), "Set device to cpu or automatic", "device"};
}

ComputeDevice usable_device(ComputeDevice wanted) {
    return wanted != ComputeDevice::automatic && is_available(wanted) ? numbered(wanted) : automatic_device();
}

std::string why_no_graphics_card() {
    if (has_cuda_driver())
        return "no graphics card can be used: the program was not built after packaging/setup.sh --cuda, or "
               "the "
               "driver is too old";
    return "no graphics card for CUDA, or no driver of NVIDIA, was found";
}

void wait_for(ComputeDevice device) {
    if (is_graphics_card(device)) torch::cuda::synchronize(graphics_card_number(device));
}

std::optional<std::int64_t> free_device_bytes(ComputeDevice device) {
    if (!is_graphics_card(device)) return std::nullopt;
#if TORCH_VERSION_MAJOR > 2 || TORCH_VERSION_MINOR >= 10
    // What LibTorch keeps for later tensors is as good as free.
    const auto current = [](const auto& statistic) {
        return statistic[static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE)].current;
    };
    const auto statistics = at::accelerator::getDeviceStats(index_of(device));
    const auto kept = current(statistics.reserved_bytes) - current(statistics.allocated_bytes);
    const auto free = static_cast<std::int64_t>(at::accelerator::getMemoryInfo(index_of(device)).first);
    return free + std::max<std::int64_t>(kept, 0);
#else
    return std::nullopt;
#endif
}

std::string measured_name(ComputeDevice device) {
    if (!is_graphics_card(device)) return {};
    for (const DeviceInfo& each : available_devices())
        if (each.device == numbered(device)) return each.name;
    return {};
}

}  // namespace denoise
