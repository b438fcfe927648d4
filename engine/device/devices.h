#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/compute_device.h"

namespace denoise {

/// The devices of this computer that networks can be computed on: the processor first, then the graphics
/// cards that LibTorch can use, at most most_graphics_cards. The same for the life of the process. The first
/// call may take a few tenths of a second.
const std::vector<DeviceInfo>& available_devices();

/// The number of graphics cards among them.
int card_count();

/// Whether a definite device is there.
bool is_available(ComputeDevice device);

/// The device that `wanted` means on this computer, which is definite and there. Throws Error if it is not
/// there.
ComputeDevice resolved_device(ComputeDevice wanted);

/// The same, but the device that automatic means if `wanted` is not there. For models and runs of other
/// computers.
ComputeDevice usable_device(ComputeDevice wanted);

/// The device of process number `process` of those that work together on this machine, where the first of all
/// computes on `first`. If that is a card, each process has one of its own, or shares it if there are more
/// processes than cards; if the setting `wanted` names a certain card, all use that one. Throws Error if
/// there is none here.
ComputeDevice device_of_process(ComputeDevice wanted, ComputeDevice first, int process);
/// Whether such processes have different cards, because `wanted` names none of them.
bool takes_own_card(ComputeDevice wanted);
/// The number of the card of process number `process`, and how many of `processes` use it. `cards` > 0.
int card_of_process(int process, int cards);
int processes_on_card(int process, int processes, int cards);

/// Why there is only the processor, as part of a sentence.
std::string why_no_graphics_card();

/// Waits until the device has done all work, to measure times. Does nothing for the processor, which is never
/// behind.
void wait_for(ComputeDevice device);

/// The memory in bytes that new tensors on a graphics card can use; nullopt: unknown, or the processor.
std::optional<std::int64_t> free_device_bytes(ComputeDevice device);

/// Whether it can compute in bfloat16 without emulating it; also true if this is unknown. On a processor it
/// always works, and is measured.
bool has_fast_bfloat16(ComputeDevice device);

/// What tells measurements on a device from those on another one of the same computer: the name of the
/// graphics card, and nothing for the processor.
std::string measured_name(ComputeDevice device);

}  // namespace denoise
