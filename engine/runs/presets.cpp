#include "engine/runs/run_config.h"

namespace denoise {
namespace {

/// Enough images to measure a loss of sets from 160 images on, and so few that samples are hardly worse. The
/// published settings hold out none.
constexpr double held_out_share = 0.05;
/// With the averages beside two checkpoints, about 100 MB for the preset quick.
constexpr int snapshots = 7;

}  // namespace

const std::vector<Preset>& presets() {
    static const std::vector<Preset> all = [] {
        RunConfig quick;
        quick.schedule.schedule = ScheduleKind::cosine;
        quick.unet = {
            .base_width = 48, .multipliers = {1, 2}, .attention_levels = {1}, .groups = 8, .patch_size = 2};
        quick.training.prediction = PredictionType::v;
        quick.training.optimizer = OptimizerKind::muon;
        quick.training.timestep_sampling = TimestepSampling::log_snr;
        quick.training.held_out = held_out_share;
        quick.training.ema_snapshots = snapshots;

        RunConfig balanced = quick;
        balanced.unet.base_width = 64;
        balanced.unet.multipliers = {1, 2, 2};
        balanced.unet.attention_levels = {1, 2};
        balanced.training.minutes = 60;
        balanced.training.learning_rate = 1e-3;

        RunConfig classic;
        classic.schedule.schedule = ScheduleKind::linear;
        classic.unet = {.base_width = 32, .multipliers = {1, 2, 4}, .attention_levels = {1, 2}, .groups = 8};
        classic.training.prediction = PredictionType::eps;
        classic.training.learning_rate = 1e-3;
        classic.training.minutes = 60;
        classic.training.held_out = held_out_share;
        classic.training.ema_snapshots = snapshots;

        RunConfig tiny = quick;
        tiny.unet.base_width = 16;
        tiny.unet.resnet_blocks = 1;
        tiny.training.minutes = 1;
        tiny.training.batch_size = 16;

        RunConfig ho;
        ho.schedule.schedule = ScheduleKind::linear;
        ho.unet = {.base_width = 128,
                   .multipliers = {1, 2, 2, 2},
                   .attention_levels = {1},
                   .groups = 32,
                   .dropout = 0.1,
                   .attention_after_each_block = true,
                   .final_resnet_block = false};
        ho.training.prediction = PredictionType::eps;
        ho.training.variance = VarianceKind::beta;
        ho.training.class_labels = false;
        ho.training.steps = 800'000;
        ho.training.batch_size = 128;
        ho.training.learning_rate = 2e-4;
        ho.training.warmup = 5'000.0 / 800'000;
        ho.training.anneal = false;
        ho.training.adam_beta2 = 0.999;
        ho.training.ema_share = 10'000.0 / 800'000;  // .9999 at the end
        ho.training.flip = true;

        // The network for CelebA of Song et al. 2021 (DDIM), appendix D: that of Ho et al. with one more
        // level and attention at 16 x 16. Budget and learning rate are those of Ho et al. for CIFAR-10.
        RunConfig photos = ho;
        photos.unet.multipliers = {1, 2, 2, 2, 4};
        photos.unet.attention_levels = {2};

        RunConfig google = ho;
        google.unet.dropout = 0;

        RunConfig annotated;
        annotated.schedule = {.schedule = ScheduleKind::linear, .timesteps = 300, .scale_ends = false};
        annotated.unet = {.base_width = 28,
                          .multipliers = {1, 2, 4},
                          .attention_levels = {},
                          .groups = 4,
                          .architecture = Architecture::annotated};
        annotated.training.prediction = PredictionType::eps;
        annotated.training.loss = LossKind::huber;
        annotated.training.class_labels = false;
        annotated.training.steps = 2'814;  // six epochs of 60,000 images
        annotated.training.batch_size = 128;
        annotated.training.learning_rate = 1e-3;
        annotated.training.warmup = 0;
        annotated.training.anneal = false;
        annotated.training.adam_beta2 = 0.999;
        annotated.training.gradient_clip = 0;
        annotated.training.ema_share = 0;
        annotated.training.flip = true;

        return std::vector<Preset>{
            {"quick", "Quick",
             "Recognizable samples of small images after about ten minutes on a laptop, with patches of 2 x "
             "2 pixels, velocity prediction and a cosine schedule",
             quick},
            {"balanced", "Balanced",
             "Wider than Quick and with one more level, for an hour of training or for photographs",
             balanced},
            {"classic", "Classic DDPM",
             "A small version of the settings of Ho et al. 2020: linear schedule, noise prediction, no "
             "patches",
             classic},
            {"tiny", "Tiny", "A very small network for quick experiments; the samples are of low quality",
             tiny},
            {"ho-cifar10", "Ho et al., CIFAR-10",
             "For a graphics card or a cluster: the network and settings of Ho et al. 2020 for CIFAR-10 and "
             "other images of 32 x 32 pixels, with 35.7 million parameters and 800,000 steps",
             ho},
            {"photos-64", "Photos, 64 x 64",
             "For a graphics card or a cluster: the network of Ho et al. 2020 with one more level for photos "
             "of 64 x 64 pixels, with 78.7 million parameters and 800,000 steps",
             photos},
            {"ddpm-cifar10-32", "google/ddpm-cifar10-32",
             "For a graphics card or a cluster: the network for CIFAR-10 without dropout, like the model "
             "google/ddpm-cifar10-32; runs can be converted "
             "to diffusers",
             google},
            {"annotated", "The Annotated Diffusion Model",
             "The network and settings of the blog, with 2.0 million parameters and linear attention",
             annotated},
        };
    }();
    return all;
}

std::string preset_names() {
    std::string names;
    for (const Preset& preset : presets()) names += (names.empty() ? "" : ", ") + preset.name;
    return names;
}

const Preset& find_preset(std::string_view name) {
    for (const Preset& preset : presets())
        if (preset.name == name) return preset;
    throw Error{"There is no preset named \"" + std::string(name) + "\"", "the presets are " + preset_names(),
                "Choose one of these presets"};
}

}  // namespace denoise
