#include "engine/training/run_config.h"

#include <nlohmann/json.hpp>

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
        throw Error{"\"" + info.key + "\" has a value of the wrong kind",
                    info.key + " takes " + describe_range(info), "Correct the file, or make a new run"};
    }
}

}  // namespace

const SettingsTable<TrainingConfig>& training_settings() {
    using C = TrainingConfig;
    static const std::string objective = "Objective", training = "Training", optimizer = "Optimizer",
                             run = "Run";
    static const SettingsTable<C> table = {
        real_setting(
            &C::minutes,
            {.key = "minutes",
             .title = "Train for",
             .help = "The budget in minutes. The learning rate falls to 0 at its end, so a run that is "
                     "allowed its time ends at its best.",
             .group = training,
             .unit = "min",
             .minimum = 0.05,
             .maximum = 100000,
             .essential = true}),
        integer_setting(
            &C::steps,
            {.key = "steps",
             .title = "Steps",
             .help = "The budget in steps; 0 lets the minutes decide. A run with a budget in steps is "
                     "reproduced exactly by its seed.",
             .group = training,
             .unit = "steps",
             .minimum = 0,
             .maximum = 100000000}),
        integer_setting(&C::batch_size,
                        {.key = "batch_size",
                         .title = "Batch size",
                         .help = "Images per step. Small batches give more steps in the same time.",
                         .group = training,
                         .unit = "images",
                         .minimum = 1,
                         .maximum = 4096,
                         .essential = true}),
        real_setting(&C::learning_rate,
                     {.key = "learning_rate",
                      .title = "Learning rate",
                      .help = "How far each step moves the weights. Lower it when the loss jumps about.",
                      .group = training,
                      .minimum = 1e-7,
                      .maximum = 10.0,
                      .essential = true}),
        integer_setting(&C::seed, {.key = "seed",
                                   .title = "Seed",
                                   .help = "The same seed, settings and machine give the same run.",
                                   .group = training,
                                   .minimum = 0,
                                   .maximum = 2147483647,
                                   .essential = true}),
        boolean_setting(&C::flip, {.key = "flip",
                                   .title = "Mirror images at random",
                                   .help = "Doubles a small set of photographs; off for digits and text.",
                                   .group = training}),
        boolean_setting(
            &C::class_labels,
            {.key = "class_labels",
             .title = "Learn the classes",
             .help = "Tells the network each image's class where the set has several, so that samples "
                     "of a chosen class can be drawn. They get better sooner with it.",
             .group = training,
             .essential = true}),
        real_setting(&C::class_dropout,
                     {.key = "class_dropout",
                      .title = "Class dropout",
                      .help = "Share of the images whose class is kept from the network; more than 0 makes "
                              "classifier-free guidance possible (Ho & Salimans 2022).",
                      .group = training,
                      .minimum = 0,
                      .maximum = 1}),
        choice_setting(&C::prediction,
                       {.key = "prediction",
                        .title = "Prediction",
                        .help = "What the network is asked for; the other two follow from it and x_t.",
                        .group = objective},
                       {{"eps", "Noise (eps)", "Ho et al. 2020, eq. 14: the noise that was added"},
                        {"x0", "Image (x_0)", "the clean image"},
                        {"v", "Velocity (v)",
                         "Salimans & Ho 2022: sqrt(alpha_bar) eps - sqrt(1 - alpha_bar) x_0; "
                         "learns fastest in short runs"}}),
        choice_setting(&C::loss,
                       {.key = "loss",
                        .title = "Loss",
                        .help = "How far the prediction is from the target.",
                        .group = objective},
                       {{"mse", "Squared error", "the paper's simple loss"},
                        {"huber", "Huber", "squared when small, absolute when large"},
                        {"l1", "Absolute error", "robust, blurrier"}}),
        choice_setting(&C::loss_weighting,
                       {.key = "loss_weighting",
                        .title = "Loss weighting",
                        .help = "How much each timestep counts in the loss.",
                        .group = objective},
                       {{"uniform", "All alike", "the paper's simple objective"},
                        {"min_snr", "Min-SNR",
                         "Hang et al. 2023: timesteps with little noise are kept from dominating"}}),
        real_setting(&C::min_snr_gamma, {.key = "min_snr_gamma",
                                         .title = "Min-SNR gamma",
                                         .help = "Signal-to-noise ratio above which timesteps count no more.",
                                         .group = objective,
                                         .minimum = 0.01,
                                         .maximum = 1000}),
        choice_setting(&C::timestep_sampling,
                       {.key = "timestep_sampling",
                        .title = "Timesteps of a batch",
                        .help = "How the timesteps to train on are drawn.",
                        .group = objective},
                       {{"uniform", "All alike", "every timestep equally often"},
                        {"loss_second_moment", "By loss",
                         "Nichol & Dhariwal 2021: often where the loss has been large, and weighted to make "
                         "up for it"}}),
        choice_setting(&C::variance,
                       {.key = "variance",
                        .title = "Reverse variance",
                        .help = "The fixed variance of a reverse step in DDPM sampling and in the bound.",
                        .group = objective},
                       {{"beta", "beta", "upper bound; the paper's choice for CIFAR-10"},
                        {"beta_tilde", "beta_tilde", "lower bound, the variance of q(x_{t-1} | x_t, x_0)"}}),
        real_setting(&C::warmup, {.key = "warmup",
                                  .title = "Warm-up",
                                  .help = "Share of the budget in which the learning rate rises from 0.",
                                  .group = optimizer,
                                  .minimum = 0,
                                  .maximum = 1}),
        boolean_setting(&C::anneal, {.key = "anneal",
                                     .title = "Anneal the learning rate",
                                     .help = "Lets it fall to 0 along a cosine until the budget is used up.",
                                     .group = optimizer}),
        real_setting(&C::weight_decay, {.key = "weight_decay",
                                        .title = "Weight decay",
                                        .help = "AdamW's pull of the weights towards 0.",
                                        .group = optimizer,
                                        .minimum = 0,
                                        .maximum = 1}),
        real_setting(&C::gradient_clip, {.key = "gradient_clip",
                                         .title = "Gradient clip",
                                         .help = "Longest gradient that a step follows; 0 does not clip.",
                                         .group = optimizer,
                                         .minimum = 0,
                                         .maximum = 1000}),
        real_setting(&C::ema_share,
                     {.key = "ema_share",
                      .title = "EMA horizon",
                      .help = "EMA: a running average of the weights; samples made with it look cleaner. Its "
                              "horizon, as a share of the steps done; 0 turns it off.",
                      .group = optimizer,
                      .minimum = 0,
                      .maximum = 1}),
        integer_setting(&C::save_every_steps, {.key = "save_every_steps",
                                               .title = "Save every",
                                               .help = "A checkpoint at least every so many steps.",
                                               .group = run,
                                               .unit = "steps",
                                               .minimum = 1,
                                               .maximum = 100000000}),
        real_setting(&C::save_every_minutes, {.key = "save_every_minutes",
                                              .title = "Save every",
                                              .help = "A checkpoint at least every so many minutes.",
                                              .group = run,
                                              .unit = "min",
                                              .minimum = 0.01,
                                              .maximum = 10000}),
        integer_setting(&C::keep_checkpoints, {.key = "keep_checkpoints",
                                               .title = "Keep checkpoints",
                                               .help = "So many of the newest stay on disk.",
                                               .group = run,
                                               .minimum = 1,
                                               .maximum = 10000}),
        real_setting(&C::preview_seconds,
                     {.key = "preview_seconds",
                      .title = "Samples every",
                      .help = "Seconds between the sample grids of a run, which always start from the same "
                              "noise; 0 draws none.",
                      .group = run,
                      .unit = "s",
                      .minimum = 0,
                      .maximum = 100000}),
        choice_setting(
            &C::precision,
            {.key = "precision",
             .title = "Precision",
             .help = "Number format of the network's multiplications; weights are kept in float32.",
             .group = run},
            {{"automatic", "Automatic", "bfloat16 where this processor is faster with it, else float32"},
             {"float32", "float32", "exact, works everywhere"},
             {"bfloat16", "bfloat16", "about twice as fast on processors with AVX-512 BF16 or AMX"}}),
        integer_setting(&C::threads,
                        {.key = "threads",
                         .title = "Threads",
                         .help = "Processor cores for training; 0 leaves one core to the window.",
                         .group = run,
                         .minimum = 0,
                         .maximum = 1024}),
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
    for (const Setting<RunConfig>& setting : run_settings()) check_setting(setting.info, setting.get(config));
    make_schedule(config.schedule);
    if (config.schedule.zero_terminal_snr && config.training.prediction == Prediction::eps)
        throw Error{
            "These settings do not fit each other",
            "zero_terminal_snr leaves pure noise at the last timestep, from which prediction = eps says "
            "nothing of the image",
            "Choose prediction = v or x0"};
    describe_unet(config.unet, channels, height, width);
    if (config.unet.time_embedding == TimeEmbeddingKind::learned &&
        config.unet.learned_timesteps < config.schedule.timesteps)
        throw Error{"These settings do not fit each other",
                    "learned_timesteps = " + std::to_string(config.unet.learned_timesteps) +
                        " is less than timesteps = " + std::to_string(config.schedule.timesteps),
                    "Give the table a row for every timestep"};
    if (config.unet.time_embedding == TimeEmbeddingKind::fourier && config.training.weight_decay > 0)
        throw Error{"These settings do not fit each other",
                    "weight_decay would shrink the fixed frequencies of time_embedding = fourier",
                    "Choose weight_decay = 0, or another time_embedding"};
    if (config.training.batch_size > count)
        throw Error{"The batch is larger than the set",
                    "batch_size is " + std::to_string(config.training.batch_size) + " and the set has " +
                        std::to_string(count) + " images",
                    "Choose a batch_size of at most " + std::to_string(count) + ", or add images"};
}

std::string run_config_to_json(const RunConfig& config) {
    json object = json::object();
    for (const Setting<RunConfig>& setting : run_settings())
        object[setting.info.key] = to_json(setting.get(config));
    return object.dump(2);
}

RunConfig run_config_from_json(std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    if (!object.is_object())
        throw Error{"Cannot read the run's settings", "they are not a JSON object",
                    "Restore the file, or make a new run"};
    RunConfig config;
    for (const Setting<RunConfig>& setting : run_settings())
        if (const auto found = object.find(setting.info.key); found != object.end())
            setting.set(config, from_json(setting.info, *found));
    return config;
}

}  // namespace denoise
