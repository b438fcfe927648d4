#include "tests/support/small_run.h"

namespace denoise::test {

std::shared_ptr<const Dataset> glyphs(std::int64_t count) {
    at::set_num_threads(1);
    return std::make_shared<const Dataset>(load_dataset({.dataset = "glyphs", .image_limit = count}));
}

RunConfig small_run() {
    RunConfig config = find_preset("tiny").config;
    config.dataset = {.dataset = "glyphs", .image_limit = 64};
    config.unet.base_width = 8;
    config.unet.groups = 4;
    config.training.batch_size = 8;
    config.training.steps = 40;
    config.training.preview_seconds = 0;
    config.training.precision = Precision::float32;
    config.training.threads = 1;
    config.schedule.timesteps = 100;
    return config;
}

RunConfig run_with_everything() {
    RunConfig config = small_run();
    config.unet.learned_variance = true;
    config.schedule.timesteps = 4;  // so that the histories fill within a few steps
    config.training.timestep_sampling = TimestepSampling::loss_second_moment;
    config.training.loss_weighting = LossWeighting::min_snr;
    config.training.class_dropout = 0.5;
    return config;
}

}  // namespace denoise::test
