#include "engine/runs/expectation.h"

#include <algorithm>
#include <string_view>

namespace denoise {
namespace {

struct Expectation {
    std::int64_t images;  ///< at least so many images have been trained on
    const char* text;
};

/// Measured at about 50,000 and 250,000 images (tests/bench/LOG.md); the others are estimates.
constexpr Expectation expectations[] = {
    {250'000, "Samples usually look like real images, with rare errors"},
    {50'000, "Samples are usually clear, with some errors"},
    {15'000, "Most samples are usually recognizable, with broken shapes"},
    {4'000, "Samples usually show shapes, but few are recognizable"},
    {0, "Samples usually show little more than noise"},
};
constexpr int largest_side = 32;

/// Settings that do not change the samples much, or that the caller looks at.
constexpr std::string_view without_effect[] = {"dataset",
                                               "image_limit",
                                               "image_size",
                                               "colour",
                                               "classes",
                                               "unlabelled_class",
                                               "steps",
                                               "minutes",
                                               "batch_size",
                                               "seed",
                                               "save_every_steps",
                                               "save_every_minutes",
                                               "keep_checkpoints",
                                               "preview_seconds",
                                               "precision",
                                               "layout",
                                               "kernels",
                                               "threads"};

bool is_like_quick(const RunConfig& config) {
    const RunConfig& quick = find_preset("quick").config;
    return std::ranges::all_of(run_settings(), [&](const Setting<RunConfig>& setting) {
        return std::ranges::find(without_effect, setting.info.key) != std::end(without_effect) ||
               setting.get(config) == setting.get(quick);
    });
}

}  // namespace

std::string expected_samples(const RunConfig& config, int channels, int height, int width,
                             std::int64_t steps) {
    if (channels != 1 || std::max(height, width) > largest_side) return {};
    if (config.unet.classes == 0 || !is_like_quick(config)) return {};
    const std::int64_t images = steps * config.training.batch_size;
    for (const Expectation& expectation : expectations)
        if (images >= expectation.images) return expectation.text;
    return {};
}

}  // namespace denoise
