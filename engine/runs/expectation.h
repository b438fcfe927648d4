#pragma once

#include <cstdint>
#include <string>

#include "engine/runs/run_config.h"

namespace denoise {

/// What samples usually look like after `steps` training steps, as a sentence without a full stop: "Samples
/// are usually clear, with some errors". From measurements of the preset "quick" on MNIST with classes, so it
/// is empty for larger images, for colour, and for other settings that matter.
std::string expected_samples(const RunConfig& config, int channels, int height, int width,
                             std::int64_t steps);

}  // namespace denoise
