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

}  // namespace denoise::test
