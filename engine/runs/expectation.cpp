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

bool is_like_quick(const RunConfig& config) {
    const RunConfig& quick = find_preset("quick").config;
    RunConfig same = quick;
    same.unet.classes = config.unet.classes;
    same.unet.unlabelled_class = config.unet.unlabelled_class;
    return config.unet == same.unet && config.schedule == quick.schedule &&
           config.training.optimizer == quick.training.optimizer &&
           config.training.prediction == quick.training.prediction;
}

}  // namespace

std::string expected_samples(const RunConfig& config, int height, int width, std::int64_t steps) {
    if (std::max(height, width) > largest_side || !is_like_quick(config)) return {};
    const std::int64_t images = steps * config.training.batch_size;
    for (const Expectation& expectation : expectations)
        if (images >= expectation.images) return expectation.text;
    return {};
}

}  // namespace denoise
