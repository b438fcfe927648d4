#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/runs/run_config.h"

namespace denoise {

/// What samples usually look like after `steps` training steps, as a sentence without a full stop: "Samples
/// are usually clear, with some errors". From measurements of the preset "quick" on MNIST with classes, so it
/// is empty for larger images, for colour, and for other settings that matter.
std::string expected_samples(const RunConfig& config, int channels, int height, int width,
                             std::int64_t steps);

/// A step near which the samples of a training usually get better: "Shapes usually appear" near step 150.
struct Milestone {
    std::int64_t step = 0;
    std::string text;
};
/// The next one after `step` of a training with `total_steps`; nullopt: there is none any more, or nothing
/// was measured for such a training.
std::optional<Milestone> next_milestone(const RunConfig& config, int channels, int height, int width,
                                        std::int64_t step, std::int64_t total_steps);

}  // namespace denoise
