#include "engine/runs/measured_quality.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace denoise {
namespace {

// Steps at which the previews of "quick" first look like what is said, with a warm-up of 5 % of 500 (glyphs),
// of 1,500 (glyphs; about two minutes on two cores), of 7,500 (MNIST; ten minutes) and of 45,000 steps
// (glyphs; an hour). Previews of 16 samples every 20 to 40 steps.
// Glyphs, 500: strokes out of the noise in step 55, shapes in 75, 9 of 16 to be recognized in 108 and 11 in
// 134. Glyphs, 1,500: 11 to be recognized in 135, 14 in 234; no preview before, but in step 80 the loss was
// 0.18, at which the strokes of the others appeared. MNIST, 7,500: strokes in 136, digits in 170, 8 to be
// recognized in 205, 13 in 271, 14 in 339. Glyphs, 45,000: strokes in 272, shapes in 304, most to be
// recognized from 371 to 416.
// The last two stages: 1,519 and 7,575 steps of MNIST.
const std::array<QualityStage, 5> stages = {{
    {.samples = "little more than noise"},
    {.samples = "shapes, but few recognizable samples",
     .images = 4'000,
     .steps = {60, 80, 145, 280},
     .begins = "Shapes usually appear"},
    {.samples = "mostly recognizable samples, with broken shapes",
     .images = images_until_recognizable,
     .steps = {130, 150, 270, 400},
     .begins = "Most samples can usually be recognized"},
    {.samples = "clear samples, with some flaws", .images = 48'608, .score = MeasuredScore{1.22, 0.956}},
    {.samples = "samples that look like real images, with rare flaws",
     .images = 242'400,
     .score = MeasuredScore{1.04, 0.961}},
}};

/// Settings that do not change the samples much, or that the caller looks at.
constexpr std::string_view without_effect[] = {"dataset",
                                               "image_limit",
                                               "image_size",
                                               "colour",
                                               "classes",
                                               "unlabelled_class",
                                               "class_labels",
                                               "steps",
                                               "minutes",
                                               "batch_size",
                                               "batch_parts",
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
                                               "threads",
                                               "device"};

bool is_like_quick(const RunConfig& config) {
    const RunConfig& quick = find_preset("quick").config;
    return std::ranges::all_of(run_settings(), [&](const Setting<RunConfig>& setting) {
        return std::ranges::find(without_effect, setting.info.key) != std::end(without_effect) ||
               setting.get(config) == setting.get(quick);
    });
}

}  // namespace

std::span<const QualityStage> quality_stages() {
    return stages;
}

std::optional<std::int64_t> first_step(const QualityStage& stage, double warm_up) {
    const auto& warm_ups = measured_warm_ups;
    for (std::size_t i = 0; i + 1 < warm_ups.size() && stage.steps.front() > 0; ++i) {
        if (warm_up < warm_ups[i] || warm_up > warm_ups[i + 1]) continue;
        const double place = std::log(warm_up / warm_ups[i]) / std::log(warm_ups[i + 1] / warm_ups[i]);
        const double step = stage.steps[i] * std::pow(stage.steps[i + 1] / stage.steps[i], place);
        return 10 * std::llround(step / 10);
    }
    return std::nullopt;
}

Measured is_measured(const RunConfig& config, int height, int width) {
    if (std::max(height, width) > largest_measured_side) return Measured::large_images;
    if (!is_like_quick(config)) return Measured::other_settings;
    return config.unet.classes > 0 ? Measured::yes : Measured::no_classes;
}

}  // namespace denoise
