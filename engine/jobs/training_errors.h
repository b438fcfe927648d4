#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>

#include "engine/base/error.h"
#include "engine/runs/metrics.h"
#include "engine/runs/run_config.h"

namespace denoise {

// What a training says when a step or a save has failed.

/// A save has thrown an exception of LibTorch or of the standard library, and is tried again.
Error cannot_save(const std::filesystem::path& run, const std::exception& exception);

/// The error of the last save, with what would be lost.
Error not_saved(const Error& error, std::int64_t step, std::int64_t saved_step);

/// The memory of the graphics card is not enough for a step.
Error no_memory_for_step(const TrainingConfig& training);

Error divergence(const StepMetrics& metrics);

}  // namespace denoise
