#pragma once

#include "engine/base/compute_device.h"

namespace denoise::cli {

/// Trains the waiting runs of the queue one after the other. `device` is that of EngineOptions. Throws Error
/// if one of them fails, after all have ended, and Cancelled after Ctrl+C.
void run_queue(int threads, ComputeDevice device);

}  // namespace denoise::cli
