#include "engine/training/run_config.h"

namespace denoise {

const std::vector<Preset>& presets() {
    static const std::vector<Preset> all = [] {
        RunConfig quick;
        quick.schedule.schedule = ScheduleKind::cosine;
        quick.unet = {
            .base_width = 48, .multipliers = {1, 2}, .attention_levels = {1}, .groups = 8, .patch_size = 2};
        quick.training.prediction = Prediction::v;

        RunConfig balanced = quick;
        balanced.unet.base_width = 64;
        balanced.unet.multipliers = {1, 2, 2};
        balanced.unet.attention_levels = {1, 2};
        balanced.training.minutes = 60;
        balanced.training.learning_rate = 1e-3;

        RunConfig classic;
        classic.schedule.schedule = ScheduleKind::linear;
        classic.unet = {.base_width = 32, .multipliers = {1, 2, 4}, .attention_levels = {1, 2}, .groups = 8};
        classic.training.prediction = Prediction::eps;
        classic.training.learning_rate = 1e-3;
        classic.training.minutes = 60;

        RunConfig tiny = quick;
        tiny.unet.base_width = 16;
        tiny.unet.resnet_blocks = 1;
        tiny.training.minutes = 1;
        tiny.training.batch_size = 16;

        return std::vector<Preset>{
            {"quick", "Quick",
             "Readable samples of small images in about ten minutes on a laptop: patches of 2 x 2 pixels, "
             "velocity prediction, cosine schedule",
             quick},
            {"balanced", "Balanced", "Wider and one level deeper than Quick: for an hour, or for photographs",
             balanced},
            {"classic", "Classic DDPM",
             "The paper's recipe in small: linear schedule, noise prediction, every pixel a position",
             classic},
            {"tiny", "Tiny",
             "A network for trying things out: seconds to a first result, and it looks like it", tiny},
        };
    }();
    return all;
}

const Preset& find_preset(std::string_view name) {
    std::string names;
    for (const Preset& preset : presets()) {
        if (preset.name == name) return preset;
        names += (names.empty() ? "" : ", ") + preset.name;
    }
    throw Error{"There is no preset named \"" + std::string(name) + "\"", "the presets are " + names,
                "Choose one of them"};
}

}  // namespace denoise
