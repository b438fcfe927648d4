#include "engine/runs/expectation.h"

#include <algorithm>

namespace denoise {
namespace {

struct Expectation {
    std::int64_t images;  ///< at least so many images have been trained on
    const char* text;
};

/// tests/bench/LOG.md has the Frechet distances by the number of images.
constexpr Expectation expectations[] = {
    {250'000, "Samples usually look like real images, with rare errors"},
    {50'000, "Samples are usually clear, with some errors"},
    {15'000, "Most samples are usually recognizable, with broken shapes"},
    {4'000, "Samples usually show shapes, but few are recognizable"},
    {0, "Samples usually show little more than noise"},
};
constexpr int largest_side = 32;

/// Whether only settings differ from the preset that do not change the samples much.
bool is_like_quick(const RunConfig& config) {
    RunConfig quick = find_preset("quick").config;
    quick.dataset = config.dataset;
    quick.unet.classes = config.unet.classes;
    quick.unet.unlabelled_class = config.unet.unlabelled_class;
    TrainingConfig& same = quick.training;
    const TrainingConfig& its = config.training;
    same.steps = its.steps;
    same.minutes = its.minutes;
    same.batch_size = its.batch_size;
    same.seed = its.seed;
    same.save_every_steps = its.save_every_steps;
    same.save_every_minutes = its.save_every_minutes;
    same.keep_checkpoints = its.keep_checkpoints;
    same.preview_seconds = its.preview_seconds;
    same.precision = its.precision;
    same.layout = its.layout;
    same.kernels = its.kernels;
    same.threads = its.threads;
    return config == quick;
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
