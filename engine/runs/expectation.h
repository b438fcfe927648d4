#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/runs/run_config.h"

namespace denoise {

// What can be expected of a training, in words, from the tables in measured_quality.h.

/// What is known about a training before it starts.
struct PlannedTraining {
    RunConfig config;  ///< with the number of classes
    int channels = 1, height = 28, width = 28;
    std::int64_t steps = 0;  ///< that it does; 0: unknown
    double minutes = 0;      ///< that it takes; 0: unknown
    /// Of the whole training, with its previews and checkpoints; 0: unknown
    double images_per_second = 0;
    double images_per_second_of_quick = 0;  ///< the same of the preset "quick" with images of 28 x 28
};

/// What samples to expect at the end of the training, when they get better, and what to expect of shorter and
/// longer ones on this computer: lines of whole sentences. The first line is the answer in short. If such a
/// training was not measured, it says so, and the next one what the preset "quick" reaches.
std::string expected_samples(const PlannedTraining& planned);

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
