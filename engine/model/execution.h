#pragma once

#include "engine/network/description/execution.h"
#include "engine/runs/run_header.h"

namespace denoise {

/// How a model computes on this machine: as its run did, if it ran here. Otherwise as its settings demand,
/// and in float32 where they are automatic, on another device if theirs is not there. `device` other than
/// automatic is used instead of that of the run; throws Error if it is not there. Models of other programs
/// and of versions without Winograd's algorithm are computed without it and with flash attention, so that
/// they give the same results as there up to the last digits.
Execution execution_of(const RunHeader& header, ComputeDevice device = ComputeDevice::automatic);

/// The execution that the settings demand, and float32, channels last and as many threads as before where
/// they are automatic. With Winograd's algorithm and with matrix products for attention where that is
/// possible and usually faster. Throws Error if the device is not there.
Execution default_execution(const TrainingConfig& training);

}  // namespace denoise
