#pragma once

#include <string>
#include <vector>

#include "engine/base/enum_names.h"
#include "engine/base/setting.h"
#include "engine/data/dataset.h"
#include "engine/network/description/execution.h"
#include "engine/network/description/unet_config.h"
#include "engine/schedule/kinds.h"
#include "engine/schedule/noise_schedule.h"

namespace denoise {

/// The settings of training.
struct TrainingConfig {
    PredictionType prediction = PredictionType::eps;
    LossKind loss = LossKind::mse;
    LossWeighting loss_weighting = LossWeighting::uniform;
    double min_snr_gamma = 5;
    TimestepSampling timestep_sampling = TimestepSampling::uniform;
    NoisePairing noise_pairing = NoisePairing::independent;
    VarianceKind variance = VarianceKind::beta_tilde;
    bool class_labels = true;    ///< condition the network on classes if the dataset has several
    double class_dropout = 0.1;  ///< proportion of images without their class; > 0 allows guidance
    std::int64_t steps = 0;      ///< the budget in steps; 0: the budget is `minutes`
    double minutes = 10;         ///< the budget in minutes if `steps` is 0
    int batch_size = 32;
    int batch_parts = 1;  ///< computed one after the other; they divide batch_size
    OptimizerKind optimizer = OptimizerKind::adamw;
    double learning_rate = 2e-3;
    double warmup = 0.05;      ///< fraction of the budget
    bool anneal = true;        ///< decrease the learning rate to 0 along a cosine
    double adam_beta2 = 0.99;  ///< decay of the mean square of the gradient in AdamW
    double weight_decay = 0.0;
    double gradient_clip = 1.0;
    double ema_share = 0.05;  ///< horizon of the EMA as a fraction of the steps so far; 0: no EMA
    /// Snapshots of two more EMAs that are kept, from which an EMA of any length is computed afterwards (see
    /// ema_lengths.h); 0: none.
    int ema_snapshots = 0;
    bool flip = false;    ///< flip images horizontally at random
    double held_out = 0;  ///< fraction of each class that is not trained on, see split.h
    std::int64_t seed = 0;
    std::int64_t save_every_steps = 500;
    double save_every_minutes = 2;
    int keep_checkpoints = 5;
    double preview_seconds = 20;
    Precision precision = Precision::automatic;
    MemoryLayout layout = MemoryLayout::automatic;
    Kernels kernels = Kernels::fused;
    int threads = 0;  ///< 0: automatic
    ComputeDevice device = ComputeDevice::automatic;

    bool operator==(const TrainingConfig&) const = default;
};

const SettingsTable<TrainingConfig>& training_settings();

/// All settings of a run. They are stored in run.json and in every checkpoint.
struct RunConfig {
    DatasetConfig dataset;
    ScheduleConfig schedule;
    UNetConfig unet;
    TrainingConfig training;

    bool operator==(const RunConfig&) const = default;
};

/// The settings of all four parts. Each key is unique.
const SettingsTable<RunConfig>& run_settings();

/// Sets a setting from text. Throws Error for an unknown key (with the most similar key) and for an invalid
/// value.
void set_from_text(RunConfig& config, std::string_view key, std::string_view text);

/// A named set of values to start from.
struct Preset {
    std::string name;   ///< "quick"
    std::string title;  ///< "Quick"
    std::string help;   ///< what it is suited for, in one sentence
    RunConfig config;   ///< its `dataset` is not used
};

const std::vector<Preset>& presets();
/// All names in one string: "quick, balanced, ..."
std::string preset_names();

/// Throws Error with all names if there is no preset named `name`.
const Preset& find_preset(std::string_view name);

/// The config for a dataset with `class_count` classes. Sets the number of classes of the network, which is 0
/// if there is only one class or if class_labels is not set.
RunConfig with_classes(RunConfig config, std::size_t class_count);

/// Throws Error if a setting is out of range, or if the settings are not compatible with each other or with a
/// dataset of `count` images [channels,height,width].
void check_run(const RunConfig& config, std::int64_t count, int channels, int height, int width);

/// The settings as a JSON object: {"dataset": ..., "schedule": ..., ...} with every key of run_settings().
std::string run_config_to_json(const RunConfig& config);
/// Ignores unknown keys. Missing keys keep their defaults. Throws Error for invalid values.
RunConfig run_config_from_json(std::string_view json);

}  // namespace denoise
