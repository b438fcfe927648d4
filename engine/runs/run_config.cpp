#include "engine/runs/run_config.h"

#include <nlohmann/json.hpp>

#include "engine/runs/batch_parts.h"
#include "engine/runs/path_json.h"

namespace denoise {
namespace {

using nlohmann::json;

json to_json(const SettingValue& value) {
    return std::visit([](const auto& v) { return json(v); }, value);
}

SettingValue from_json(const SettingInfo& info, const json& value) {
    try {
        SettingValue result;
        switch (info.kind) {
            case SettingKind::boolean:
                result = value.get<bool>();
                break;
            case SettingKind::integer:
                result = value.get<std::int64_t>();
                break;
            case SettingKind::real:
                result = value.get<double>();
                break;
            case SettingKind::integers:
                result = value.get<std::vector<std::int64_t>>();
                break;
            case SettingKind::choice:
            case SettingKind::text:
                result = value.get<std::string>();
                break;
        }
        check_setting(info, result);
        return result;
    } catch (const json::exception&) {
        throw Error{"\"" + info.key + "\" has a value of the wrong type",
                    info.key + " takes " + describe_range(info), "Correct the file, or start a new run",
                    info.key};
    }
}

}  // namespace

const SettingsTable<TrainingConfig>& training_settings() {
    using C = TrainingConfig;
    static const std::string objective = "Objective", training = "Training", optimizer = "Optimizer",
                             run = "Run";
    static const SettingsTable<C> table = {
        real_setting(&C::minutes, {.key = "minutes",
                                   .title = "Train for",
                                   .help = "The training time in minutes, with samples and checkpoints. With "
                                           "annealing, the learning rate decreases to 0 "
                                           "over this time, so let a run finish to get the best samples.",
                                   .group = training,
                                   .unit = "min",
                                   .minimum = 0.05,
                                   .maximum = 100000,
                                   .essential = true,
                                   .live = true}),
        integer_setting(
            &C::steps,
            {.key = "steps",
             .title = "Steps",
             .help = "The number of training steps; 0: train for the time in minutes instead. A run "
                     "with a fixed number of steps can be reproduced exactly with the same seed.",
             .group = training,
             .unit = "steps",
             .minimum = 0,
             .maximum = 100000000,
             .live = true,
             .special = {{0, "by time"}}}),
        integer_setting(
            &C::batch_size,
            {.key = "batch_size",
             .title = "Batch size",
             .help = "The number of images per step. Smaller batches allow more steps in the same "
                     "time.",
             .group = training,
             .unit = "images",
             .minimum = 1,
             .maximum = 4096,
             .essential = true}),
        integer_setting(
            &C::batch_parts,
            {.key = "batch_parts",
             .title = "Batch parts",
             .help = "The number of equal parts into which a batch is divided. The gradients of the parts "
                     "are computed one after the other and added up, so a large batch needs no more memory "
                     "than one part. The steps are the same except for rounding.",
             .group = training,
             .unit = "parts",
             .minimum = 1,
             .maximum = 4096,
             .live = true,
             .special = {{1, "one"}}}),
        real_setting(&C::learning_rate,
                     {.key = "learning_rate",
                      .title = "Learning rate",
                      .help = "The step size of the optimizer. Reduce it if the loss is unstable.",
                      .group = training,
                      .minimum = 1e-7,
                      .maximum = 10.0,
                      .essential = true,
                      .live = true}),
        integer_setting(&C::seed,
                        {.key = "seed",
                         .title = "Seed",
                         .help = "Runs with the same seed and settings on the same machine give the "
                                 "same results.",
                         .group = training,
                         .minimum = 0,
                         .maximum = 2147483647,
                         .essential = true}),
        boolean_setting(&C::flip,
                        {.key = "flip",
                         .title = "Flip images at random",
                         .help = "Flips images horizontally. Useful for small sets of photographs, but "
                                 "not for digits and letters.",
                         .group = training}),
        real_setting(&C::held_out,
                     {.key = "held_out",
                      .title = "Held-out images",
                      .help = "The fraction of the images of each class that the model never sees in "
                              "training. Their loss shows whether the model generalizes or memorizes its "
                              "images. 0: trains on all images, as do sets in which it is fewer than 8.",
                      .group = training,
                      .minimum = 0,
                      .maximum = 0.5,
                      .special = {{0, "none"}}}),
        boolean_setting(
            &C::class_labels,
            {.key = "class_labels",
             .title = "Learn the classes",
             .help = "Conditions the network on the class of each image, so that you can sample "
                     "images of a class. It also improves the samples of short runs. Has no effect "
                     "if the dataset has only one class.",
             .group = training,
             .essential = true}),
        real_setting(&C::class_dropout,
                     {.key = "class_dropout",
                      .title = "Class dropout",
                      .help = "The proportion of images for which the network does not receive the class. "
                              "Classifier-free guidance requires a value above 0 (Ho & Salimans 2022).",
                      .group = training,
                      .minimum = 0,
                      .maximum = 1}),
        choice_setting(
            &C::prediction,
            {.key = "prediction",
             .title = "Prediction",
             .help = "What the network predicts. The other two quantities are computed from it and "
                     "x_t.",
             .group = objective}),
        choice_setting(&C::loss, {.key = "loss",
                                  .title = "Loss",
                                  .help = "The difference between the prediction and its target.",
                                  .group = objective}),
        choice_setting(&C::loss_weighting, {.key = "loss_weighting",
                                            .title = "Loss weighting",
                                            .help = "The weight of each timestep in the loss.",
                                            .group = objective}),
        real_setting(
            &C::min_snr_gamma,
            {.key = "min_snr_gamma",
             .title = "Min-SNR gamma",
             .help = "Min-SNR limits the weight of timesteps whose signal-to-noise ratio is above this "
                     "value.",
             .group = objective,
             .minimum = 0.01,
             .maximum = 1000}),
        choice_setting(&C::timestep_sampling, {.key = "timestep_sampling",
                                               .title = "Timestep sampling",
                                               .help = "How the timesteps of a batch are sampled.",
                                               .group = objective}),
        choice_setting(&C::noise_pairing,
                       {.key = "noise_pairing",
                        .title = "Noise pairing",
                        .help = "Which noise is added to which image of a batch. Assigning it by distance "
                                "is an experiment: it may speed up learning, and it changes what the "
                                "network learns.",
                        .group = objective}),
        choice_setting(
            &C::variance,
            {.key = "variance",
             .title = "Reverse variance",
             .help = "The fixed variance of a reverse step, for DDPM sampling and bits per dimension.",
             .group = objective}),
        choice_setting(&C::optimizer, {.key = "optimizer",
                                       .title = "Optimizer",
                                       .help = "The method that turns gradients into changes of the weights.",
                                       .group = optimizer}),
        real_setting(&C::warmup,
                     {.key = "warmup",
                      .title = "Warm-up",
                      .help = "The fraction of the training during which the learning rate increases from 0.",
                      .group = optimizer,
                      .minimum = 0,
                      .maximum = 1}),
        boolean_setting(
            &C::anneal,
            {.key = "anneal",
             .title = "Anneal the learning rate",
             .help = "Decreases the learning rate along a cosine, to 0 at the end of the training.",
             .group = optimizer}),
        real_setting(
            &C::adam_beta2,
            {.key = "adam_beta2",
             .title = "Adam beta 2",
             .help = "How slowly the optimizer forgets the size of earlier gradients (beta 2 of Adam): 0.99 "
                     "suits short trainings, 0.999 is common for long ones.",
             .group = optimizer,
             .minimum = 0,
             .maximum = 0.99999}),
        real_setting(&C::weight_decay, {.key = "weight_decay",
                                        .title = "Weight decay",
                                        .help = "The weight decay coefficient of the optimizer.",
                                        .group = optimizer,
                                        .minimum = 0,
                                        .maximum = 1}),
        real_setting(&C::gradient_clip, {.key = "gradient_clip",
                                         .title = "Gradient clipping",
                                         .help = "The maximum norm of the gradient; 0: no clipping.",
                                         .group = optimizer,
                                         .minimum = 0,
                                         .maximum = 1000,
                                         .live = true,
                                         .special = {{0, "off"}}}),
        real_setting(
            &C::ema_share,
            {.key = "ema_share",
             .title = "EMA horizon",
             .help = "The length of the exponential moving average (EMA) of the weights, as a fraction "
                     "of the steps so far; 0: no EMA. Samples use the averaged weights, which improves "
                     "them.",
             .group = optimizer,
             .minimum = 0,
             .maximum = 1,
             .live = true,
             .special = {{0, "no EMA"}}}),
        integer_setting(&C::ema_snapshots,
                        {.key = "ema_snapshots",
                         .title = "EMA snapshots",
                         .help = "The number of snapshots of averaged weights to keep, from which you can "
                                 "choose the length of the EMA after the training (Karras et al. 2024). "
                                 "Each one takes 4 bytes per parameter of the network, and each of the "
                                 "newest two checkpoints 8 more. 0: none.",
                         .group = optimizer,
                         .minimum = 0,
                         .maximum = 1000,
                         .special = {{0, "none"}}}),
        integer_setting(&C::save_every_steps, {.key = "save_every_steps",
                                               .title = "Save every",
                                               .help = "The maximum number of steps between two checkpoints.",
                                               .group = run,
                                               .unit = "steps",
                                               .minimum = 1,
                                               .maximum = 100000000,
                                               .live = true}),
        real_setting(&C::save_every_minutes,
                     {.key = "save_every_minutes",
                      .title = "Save every",
                      .help = "The maximum number of minutes between two checkpoints.",
                      .group = run,
                      .unit = "min",
                      .minimum = 0.01,
                      .maximum = 10000,
                      .live = true}),
        integer_setting(&C::keep_checkpoints,
                        {.key = "keep_checkpoints",
                         .title = "Keep checkpoints",
                         .help = "The number of checkpoints to keep. Older ones are deleted.",
                         .group = run,
                         .minimum = 1,
                         .maximum = 10000,
                         .live = true}),
        real_setting(
            &C::preview_seconds,
            {.key = "preview_seconds",
             .title = "Samples every",
             .help = "The number of seconds between two grids of samples during training; 0: none. All "
                     "grids start from the same noise.",
             .group = run,
             .unit = "s",
             .minimum = 0,
             .maximum = 100000,
             .live = true,
             .special = {{0, "none"}}}),
        choice_setting(
            &C::precision,
            {.key = "precision",
             .title = "Precision",
             .help = "The number format of the network's computations. Weights are always stored in "
                     "float32.",
             .group = run}),
        choice_setting(&C::layout, {.key = "layout",
                                    .title = "Memory layout",
                                    .help = "The order of the elements of images and activations in memory.",
                                    .group = run}),
        choice_setting(&C::kernels, {.key = "kernels",
                                     .title = "Kernels",
                                     .help = "How the operators of the network are computed.",
                                     .group = run}),
        integer_setting(&C::threads,
                        {.key = "threads",
                         .title = "Threads",
                         .help = "The number of threads for training; 0: the fastest number on this machine.",
                         .group = run,
                         .minimum = 0,
                         .maximum = 1024,
                         .special = {{0, "automatic"}}}),
        choice_setting(&C::device,
                       {.key = "device",
                        .title = "Device",
                        .help = "What trains the network: the processor, or a graphics card. Runs can be "
                                "continued on another device.",
                        .group = run}),
    };
    return table;
}

const SettingsTable<RunConfig>& run_settings() {
    static const SettingsTable<RunConfig> table = [] {
        SettingsTable<RunConfig> all = lift(&RunConfig::dataset, dataset_settings());
        const auto append = [&all](SettingsTable<RunConfig> more) {
            for (Setting<RunConfig>& setting : more) all.push_back(std::move(setting));
        };
        append(lift(&RunConfig::training, training_settings()));
        append(lift(&RunConfig::schedule, schedule_settings()));
        append(lift(&RunConfig::unet, unet_settings()));
        return all;
    }();
    return table;
}

void set_from_text(RunConfig& config, std::string_view key, std::string_view text) {
    const Setting<RunConfig>& setting = find_setting(run_settings(), key);
    setting.set(config, parse_setting(setting.info, text));
}

RunConfig with_classes(RunConfig config, std::size_t class_count) {
    const bool learned = config.training.class_labels && class_count > 1;
    config.unet.classes = learned ? static_cast<int>(class_count) : 0;
    config.unet.unlabelled_class = learned && config.training.class_dropout > 0;
    return config;
}

void check_run(const RunConfig& config, std::int64_t count, int channels, int height, int width) {
    const char* const incompatible = "These settings are not compatible";
    for (const Setting<RunConfig>& setting : run_settings()) check_setting(setting.info, setting.get(config));
    make_schedule(config.schedule);
    if (config.schedule.zero_terminal_snr && config.training.prediction == PredictionType::eps)
        throw Error{
            incompatible,
            "with zero_terminal_snr, the last timestep is pure noise, from which prediction = eps cannot "
            "recover an image",
            "Set prediction to v or x0, or zero_terminal_snr to no", "zero_terminal_snr"};
    describe_unet(config.unet, channels, height, width);
    if (config.unet.time_embedding == TimeEmbeddingKind::learned &&
        config.unet.learned_timesteps < config.schedule.timesteps)
        throw Error{incompatible,
                    "learned_timesteps = " + std::to_string(config.unet.learned_timesteps) +
                        " is less than timesteps = " + std::to_string(config.schedule.timesteps),
                    "Set learned_timesteps to at least the number of timesteps", "learned_timesteps"};
    if (config.unet.time_embedding == TimeEmbeddingKind::fourier && config.training.weight_decay > 0)
        throw Error{incompatible,
                    "weight_decay would change the fixed frequencies of time_embedding = fourier",
                    "Set weight_decay to 0, or choose another time_embedding", "weight_decay"};
    if (config.training.batch_size > count)
        throw Error{"The batch is larger than the dataset",
                    "batch_size is " + std::to_string(config.training.batch_size) + " and the set has " +
                        std::to_string(count) + " images",
                    "Set batch_size to at most " + std::to_string(count) + ", or add images", "batch_size"};
    check_batch_parts(config.training);
}

std::string run_config_to_json(const RunConfig& config) {
    json object = json::object();
    for (const Setting<RunConfig>& setting : run_settings())
        if (const SettingValue value = setting.get(config); setting.info.kind == SettingKind::text)
            put_path(object, setting.info.key, std::get<std::string>(value));  // which need not be UTF-8
        else
            object[setting.info.key] = to_json(value);
    return object.dump(2);
}

RunConfig run_config_from_json(std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object())
        throw Error{"Cannot read the settings of the run", "they are not a JSON object",
                    "Restore the file from a backup, or start a new run"};
    RunConfig config;
    for (const Setting<RunConfig>& setting : run_settings())
        if (const auto found = object.find(setting.info.key); found != object.end())
            setting.set(config, from_json(setting.info, *found));
    for (const Setting<RunConfig>& setting : run_settings())
        if (const auto escaped = object.find(setting.info.key + "_escaped");
            setting.info.kind == SettingKind::text && escaped != object.end() && escaped->is_string())
            setting.set(config, path_in(object, setting.info.key));
    return config;
}

}  // namespace denoise
