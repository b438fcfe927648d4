#include "engine/runs/expectation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace denoise {
namespace {

struct Expectation {
    std::int64_t images;  ///< at least so many images have been trained on
    const char* text;
};

/// Measured at about 50,000 and 250,000 images (tests/bench/LOG.md), and with the stages below.
constexpr Expectation expectations[] = {
    {250'000, "Samples usually look like real images, with rare errors"},
    {50'000, "Samples are usually clear, with some errors"},
    {9'000, "Most samples are usually recognizable, with broken shapes"},
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
                                               "held_out",
                                               "ema_snapshots",
                                               "save_every_steps",
                                               "save_every_minutes",
                                               "keep_checkpoints",
                                               "preview_seconds",
                                               "precision",
                                               "layout",
                                               "kernels",
                                               "threads"};

constexpr std::size_t measured_warm_ups = 4;

/// Steps of quick at which its previews first look like what the text says. They depend on the length of the
/// warm-up, during which the learning rate rises.
struct Stage {
    const char* text;
    std::array<double, measured_warm_ups> steps;  ///< for each of warm_ups
};
/// In steps: 5 % of 500 (glyphs), of 1,500 (glyphs; about two minutes on two cores), of 7,500 (MNIST; ten
/// minutes) and of 45,000 (glyphs; an hour). Previews of 16 samples every 20 to 40 steps.
/// Glyphs, 500: strokes out of the noise in step 55, shapes in 75, 9 of 16 to be recognized in 108 and 11 in
/// 134. Glyphs, 1,500: 11 to be recognized in 135, 14 in 234; no preview before, but in step 80 the loss was
/// 0.18, at which the strokes of the others appeared. MNIST, 7,500: strokes in 136, digits in 170, 8 to be
/// recognized in 205, 13 in 271, 14 in 339. Glyphs, 45,000: strokes in 272, shapes in 304, most to be
/// recognized from 371 to 416.
constexpr std::array<double, measured_warm_ups> warm_ups = {25, 75, 375, 2250};
constexpr Stage stages[] = {
    {"Shapes usually appear", {60, 80, 145, 280}},
    {"Most samples can usually be recognized", {130, 150, 270, 400}},
};

/// Between the measurements on a double logarithmic scale, to ten steps; nullopt outside of them.
std::optional<std::int64_t> step_of(const Stage& stage, double warm_up) {
    for (std::size_t i = 0; i + 1 < warm_ups.size(); ++i) {
        if (warm_up < warm_ups[i] || warm_up > warm_ups[i + 1]) continue;
        const double place = std::log(warm_up / warm_ups[i]) / std::log(warm_ups[i + 1] / warm_ups[i]);
        const double step = stage.steps[i] * std::pow(stage.steps[i + 1] / stage.steps[i], place);
        return 10 * std::llround(step / 10);
    }
    return std::nullopt;
}

bool is_like_quick(const RunConfig& config) {
    const RunConfig& quick = find_preset("quick").config;
    return std::ranges::all_of(run_settings(), [&](const Setting<RunConfig>& setting) {
        return std::ranges::find(without_effect, setting.info.key) != std::end(without_effect) ||
               setting.get(config) == setting.get(quick);
    });
}

/// Whether the measurements are of such a training.
bool is_measured(const RunConfig& config, int channels, int height, int width) {
    return channels == 1 && std::max(height, width) <= largest_side && config.unet.classes > 0 &&
           is_like_quick(config);
}

}  // namespace

std::string expected_samples(const RunConfig& config, int channels, int height, int width,
                             std::int64_t steps) {
    if (!is_measured(config, channels, height, width)) return {};
    const std::int64_t images = steps * config.training.batch_size;
    for (const Expectation& expectation : expectations)
        if (images >= expectation.images) return expectation.text;
    return {};
}

std::optional<Milestone> next_milestone(const RunConfig& config, int channels, int height, int width,
                                        std::int64_t step, std::int64_t total_steps) {
    const int batch = find_preset("quick").config.training.batch_size;
    if (!is_measured(config, channels, height, width) || config.training.batch_size != batch)
        return std::nullopt;
    const double warm_up = config.training.warmup * static_cast<double>(total_steps);
    for (const Stage& stage : stages)
        if (const auto at = step_of(stage, warm_up); at && *at > step) return Milestone{*at, stage.text};
    return std::nullopt;
}

}  // namespace denoise
