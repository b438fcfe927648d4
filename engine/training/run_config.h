#pragma once

#include <string>
#include <vector>

#include "engine/base/setting.h"
#include "engine/data/dataset.h"
#include "engine/diffusion/kinds.h"
#include "engine/diffusion/noise_schedule.h"
#include "engine/network/unet_config.h"

namespace denoise {

enum class Precision { automatic, float32, bfloat16 };

/// How the network learns.
struct TrainingConfig {
    Prediction prediction = Prediction::eps;
    LossKind loss = LossKind::mse;
    LossWeighting loss_weighting = LossWeighting::uniform;
    double min_snr_gamma = 5;
    TimestepSampling timestep_sampling = TimestepSampling::uniform;
    VarianceKind variance = VarianceKind::beta_tilde;
    bool class_labels = true;    ///< the network is told the class where the dataset has several
    double class_dropout = 0.1;  ///< share of images whose class is left out; > 0 makes guidance possible
    std::int64_t steps = 0;      ///< the budget in steps; 0: `minutes` decide
    double minutes = 10;         ///< the budget in minutes when `steps` is 0
    int batch_size = 32;
    double learning_rate = 2e-3;
    double warmup = 0.05;  ///< share of the budget
    bool anneal = true;    ///< learning rate falls to 0 along a cosine at the end of the budget
    double weight_decay = 0.0;
    double gradient_clip = 1.0;
    double ema_share = 0.05;  ///< horizon of the EMA as a share of the steps done so far
    bool flip = false;        ///< mirror images at random
    std::int64_t seed = 0;
    std::int64_t save_every_steps = 500;
    double save_every_minutes = 2;
    int keep_checkpoints = 5;
    double preview_seconds = 20;
    Precision precision = Precision::automatic;
    int threads = 0;  ///< 0: all cores but one, at least one

    bool operator==(const TrainingConfig&) const = default;
};

const SettingsTable<TrainingConfig>& training_settings();

/// All that defines a run; written to run.json and into every checkpoint.
struct RunConfig {
    DatasetConfig dataset;
    ScheduleConfig schedule;
    UNetConfig unet;
    TrainingConfig training;

    bool operator==(const RunConfig&) const = default;
};

/// The tables of the four parts one after the other. Keys are unique across all of them.
const SettingsTable<RunConfig>& run_settings();

/// Sets the setting `key` from text. Throws Error for an unknown key (naming the nearest) or a bad value.
void set_from_text(RunConfig& config, std::string_view key, std::string_view text);

/// A named starting point.
struct Preset {
    std::string name;   ///< "quick"
    std::string title;  ///< "Quick"
    std::string help;   ///< what it is good for, one sentence
    RunConfig config;   ///< dataset part unused
};

const std::vector<Preset>& presets();
/// "quick, balanced, ..."
std::string preset_names();

/// Throws Error listing the names when there is none named `name`.
const Preset& find_preset(std::string_view name);

/// The config as a run on a dataset of `class_count` classes has it: the network's number of classes is set,
/// or 0 when the classes are not to be learned or there is only one.
RunConfig with_classes(RunConfig config, std::size_t class_count);

/// Throws Error when the parts do not fit together or do not fit images [channels,height,width] of `count`.
void check_run(const RunConfig& config, std::int64_t count, int channels, int height, int width);

/// {"dataset": ..., "schedule": ..., every key of run_settings()}, as text.
std::string run_config_to_json(const RunConfig& config);
/// Keys that this program does not know are ignored, missing ones keep their defaults. Throws Error on bad
/// values.
RunConfig run_config_from_json(std::string_view json);

}  // namespace denoise
