#include "engine/device/devices.h"

#include <ATen/Context.h>
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
        const CudaCard card = known ? described[static_cast<std::size_t>(i)] : CudaCard{"graphics card"};
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

int card_count() {
    return static_cast<int>(available_devices().size()) - 1;
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

int card_of_process(int process, int cards) {
    return process % cards;
}

int processes_on_card(int process, int processes, int cards) {
    const int card = card_of_process(process, cards);
    return card < processes ? (processes - 1 - card) / cards + 1 : 0;
}

bool takes_own_card(ComputeDevice wanted) {
    return wanted == ComputeDevice::automatic || wanted == ComputeDevice::cuda;
}

ComputeDevice device_of_process(ComputeDevice wanted, ComputeDevice first, int process) {
    if (!is_graphics_card(first)) return first;
    if (!takes_own_card(wanted)) return resolved_device(first);
    resolved_device(ComputeDevice::cuda);  // throws if there is none
    return graphics_card(card_of_process(process, card_count()));
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
    // Before it has made its first tensor on a card, LibTorch has no statistics.
    at::globalContext().lazyInitDevice(at::kCUDA);
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

bool has_fast_bfloat16(ComputeDevice device) {
    if (!is_graphics_card(device)) return true;
    static const std::vector<CudaCard> cards = describe_cuda_cards();
    const auto number = static_cast<std::size_t>(graphics_card_number(device));
    // Compute capability 8.0: Ampere.
    return number >= cards.size() || cards[number].capability == 0 || cards[number].capability >= 80;
}

std::string measured_name(ComputeDevice device) {
    if (!is_graphics_card(device)) return {};
    for (const DeviceInfo& each : available_devices())
        if (each.device == numbered(device)) return each.name;
    return {};
}

}  // namespace denoise
