#pragma once

#include <cstdint>

#include "engine/runs/run_config.h"

namespace denoise {

/// The memory in bytes that training needs for images [channels,height,width], without the dataset: a fixed
/// part, the buffers with one value per parameter, and the activations of a part of a batch. Within 30 % of
/// measurements for all presets.
std::int64_t estimate_training_memory(const RunConfig& config, int channels, int height, int width);

/// Throws Error if training needs more than `available` bytes, even if the estimate is a quarter too high,
/// with the largest batch and the fewest parts that fit.
void check_training_memory(const RunConfig& config, int channels, int height, int width,
                           std::int64_t available);

/// The memory in bytes for sampling `count` images [channels,height,width] at once, without the weights.
std::int64_t estimate_sampling_memory(const RunConfig& config, int channels, int height, int width,
                                      std::int64_t count);

/// Throws Error like check_training_memory(), with the largest number of images that fits.
void check_sampling_memory(const RunConfig& config, int channels, int height, int width, std::int64_t count,
                           std::int64_t available);

}  // namespace denoise
