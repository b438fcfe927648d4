#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "engine/runs/run_config.h"

namespace denoise {

// What the samples of a training show after so many images, as it was measured (tests/bench/LOG.md). All that
// the program says about the quality to expect, before a training and during it, is from these tables.

/// How good samples were at the end of a training of a known set.
struct MeasuredScore {
    double distance = 0;   ///< Frechet distance of 1,000 samples in the features of a classifier of the set
    double requested = 0;  ///< the share of samples that the classifier assigns to the requested class
};

/// The warm-ups, in steps, with which the beginning of a training was measured: the learning rate rises
/// during them.
inline constexpr std::array<double, 4> measured_warm_ups = {25, 75, 375, 2250};

/// From this number of images on, most samples can be recognized at the end of a training.
inline constexpr std::int64_t images_until_recognizable = 9'000;

/// What samples of the preset "quick" show, for grey images with classes.
struct QualityStage {
    const char* samples;      ///< what can be expected: "clear samples, with some flaws"
    std::int64_t images = 0;  ///< with which a training at least has to end, counting repetitions
    /// Where this stage begins during a longer training: the first steps with such samples, for each of
    /// measured_warm_ups, with batches of 32, and what to say of them: "Shapes usually appear". All 0:
    /// unknown.
    std::array<double, 4> steps = {};
    const char* begins = "";
    std::optional<MeasuredScore> score = {};  ///< of measured_digits with `images`
};
/// The worst one, which needs no images, is the first.
std::span<const QualityStage> quality_stages();

/// The first step of a stage that has `steps`, for a warm-up of so many steps: between the measurements on a
/// double logarithmic scale, to ten steps. nullopt: outside of them.
std::optional<std::int64_t> first_step(const QualityStage& stage, double warm_up);

/// A set whose samples were measured.
struct MeasuredSet {
    const char* name;
    double real_distance;   ///< the Frechet distance of as many real images
    double real_requested;  ///< the share of real images that the classifier recognizes
};
inline constexpr MeasuredSet measured_digits = {"MNIST", 0.55, 0.991};
inline constexpr MeasuredSet measured_photographs = {"CIFAR-10", 0.43, 0.67};
/// The samples of measured_photographs after so many images, with the settings of the preset "quick".
inline constexpr std::int64_t images_of_photographs = 131'808;
inline constexpr MeasuredScore score_of_photographs = {2.16, 0.44};

/// The longer side of the largest images that were measured.
inline constexpr int largest_measured_side = 32;

/// Whether such a training was measured, and otherwise why not. The number of channels does not count.
enum class Measured { yes, large_images, other_settings, no_classes };
Measured is_measured(const RunConfig& config, int height, int width);

}  // namespace denoise
