#include "engine/training/calibration.h"

#include <algorithm>
#include <chrono>
#include <random>

#include "engine/base/memory.h"
#include "engine/base/processors.h"
#include "engine/device/devices.h"
#include "engine/model/execution.h"
#include "engine/model/execution_race.h"
#include "engine/network/attention.h"
#include "engine/network/winograd_plan.h"
#include "engine/runs/batch_parts.h"
#include "engine/training/trainer.h"

namespace denoise {
namespace {

using Clock = std::chrono::steady_clock;

/// No further step begins after this time, once an execution has been timed. Usually a third of it is enough.
constexpr std::chrono::seconds time_limit{8};
constexpr double longest_step_seconds = 0.5;
constexpr std::int64_t probe_batch = 8;
/// The gradients of shares may need so much of the memory that is free.
constexpr double memory_for_shares = 0.1;
constexpr const char* doing = "measuring the speed";

std::shared_ptr<const Dataset> noise_like(const Dataset& model, std::int64_t count) {
    Dataset noise;
    noise.class_names = model.class_names;
    noise.images = {count, model.images.channels, model.images.height, model.images.width, {}};
    noise.images.pixels.resize(static_cast<std::size_t>(count) * noise.images.image_size());
    std::minstd_rand random;
    for (std::uint8_t& pixel : noise.images.pixels) pixel = static_cast<std::uint8_t>(random() >> 8);
    for (std::int64_t i = 0; i < count; ++i)
        noise.labels.push_back(i % static_cast<std::int64_t>(noise.class_names.size()));
    return std::make_shared<const Dataset>(std::move(noise));
}

Trainer trainer_with_batch(RunConfig config, const Dataset& dataset, std::int64_t batch,
                           const Execution& execution) {
    config.training.batch_size = static_cast<int>(batch);
    config.training.batch_parts = 1;
    return {config, noise_like(dataset, batch), execution};
}

double timed_step(Trainer& trainer, const Execution& execution) {
    trainer.use(execution);
    return seconds_of([&trainer] { trainer.step(0.5); }, execution.device);
}

/// The largest batch whose steps take at most about longest_step_seconds.
std::int64_t batch_to_time(const RunConfig& config, const Dataset& dataset, const Execution& execution) {
    const std::int64_t batch = images_of_part(config.training), probe = std::min(batch, probe_batch);
    Trainer trainer = trainer_with_batch(config, dataset, probe, execution);
    timed_step(trainer, execution);
    const double seconds = timed_step(trainer, execution) / static_cast<double>(probe);  // per image
    return std::clamp(static_cast<std::int64_t>(longest_step_seconds / seconds), probe, batch);
}

/// The plans to compare with plain convolutions.
std::vector<WinogradPlan> winograd_plans(const Execution& execution) {
    if (!can_use_winograd(execution)) return {};
    return {{.results = true, .input_gradients = true, .weight_gradients = true},
            {.results = true, .input_gradients = true, .weight_gradients = false}};
}

/// Both precisions and layouts, where the settings are automatic.
Timings precisions_and_layouts(const TrainingConfig& training, int threads) {
    Timings timings;
    const ComputeDevice device = resolved_device(training.device);
    for (const bool bfloat16 : {false, true})
        for (const bool channels_last : {true, false}) {
            if (bfloat16 && training.precision == Precision::automatic && !has_fast_bfloat16(device))
                continue;
            const Execution execution{.bfloat16 = bfloat16,
                                      .channels_last = channels_last,
                                      .threads = threads,
                                      .kernels = training.kernels,
                                      .device = device};
            const bool precision_fits =
                training.precision == Precision::automatic || training.precision == precision_of(execution);
            const bool layout_fits =
                training.layout == MemoryLayout::automatic || training.layout == layout_of(execution);
            if (!precision_fits || !layout_fits) continue;
            timings.push_back({execution});
            if (can_use_attention_products(execution)) {
                timings.push_back({execution});
                timings.back().execution.attention = AttentionKernel::products;
            }
            for (const WinogradPlan& plan : winograd_plans(execution)) {
                timings.push_back({execution});
                timings.back().execution.winograd = to_string(plan);
            }
        }
    return timings;
}

/// What all measurements of this version of the program on a device of this machine have in common.
std::string cache_prefix(ComputeDevice device) {
    return measured_here(
               "training with Winograd's algorithm, matrix products for attention and shares of the batch") +
           (is_graphics_card(device) ? measured_name(device) + " " + name_of(device) + ", " : std::string());
}

/// The speed is that of the parts of a batch.
std::string cache_key(const RunConfig& config, int channels, int height, int width) {
    TrainingConfig training = config.training;
    training.batch_size = images_of_part(training);
    std::string key =
        cache_prefix(resolved_device(training.device)) + network_key(config.unet, channels, height, width);
    for (const Setting<TrainingConfig>& setting : training_settings())
        for (const char* name : {"batch_size", "precision", "layout", "kernels", "threads", "optimizer"})
            if (setting.info.key == name)
                key += ", " + setting.info.key + "=" + format_setting(setting.get(training));
    return key;
}

/// The multiplications and additions of the network for an image.
double cost_of(const RunConfig& config, int channels, int height, int width) {
    return static_cast<double>(multiply_add_count(describe_unet(config.unet, channels, height, width)));
}

RunConfig with_threads(RunConfig config, int threads) {
    if (config.training.threads == 0) config.training.threads = threads > 0 ? threads : demanded_threads();
    return config;
}

/// Whether the number of threads is to be measured. On a graphics card it does not matter.
bool chooses_threads(const RunConfig& config) {
    return config.training.threads == 0 && !is_graphics_card(resolved_device(config.training.device));
}

/// The numbers of threads that the settings allow, and the shares of a batch whose gradients fit into memory.
std::vector<ThreadChoice> thread_choices_for(const RunConfig& config, const Dataset& dataset,
                                             const Execution& fastest, std::int64_t batch) {
    const ImageBatch& images = dataset.images;
    const std::vector<UNetPart> parts =
        describe_unet(config.unet, images.channels, images.height, images.width);
    const double gradients = 4 * static_cast<double>(parameter_count(parts));
    std::vector<ThreadChoice> choices =
        thread_choices(fastest, chooses_threads(config) ? thread_counts() : std::vector<int>(),
                       can_be_divided(config) ? batch : 1);
    const std::optional<std::int64_t> available = available_bytes();
    if (!available) return choices;
    const double room = memory_for_shares * static_cast<double>(*available);
    std::erase_if(choices,
                  [&](const ThreadChoice& choice) { return (choice.shares - 1) * gradients > room; });
    return choices;
}

/// default_execution(), with a definite number of threads.
Execution plain_execution(const TrainingConfig& training) {
    Execution execution = default_execution(training);
    if (execution.threads == 0) execution.threads = default_threads();
    return execution;
}

}  // namespace

bool worth_calibrating(const TrainingConfig& training) {
    return training.steps > 0 ? training.steps >= 300 : training.minutes >= 1;
}

Work<Timings> time_executions(RunConfig config, std::shared_ptr<const Dataset> dataset) {
    const Clock::time_point deadline = Clock::now() + time_limit;
    const Execution first = plain_execution(config.training);
    co_yield Progress(0, 0, doing);
    const std::int64_t batch = batch_to_time(config, *dataset, first);
    Trainer trainer = trainer_with_batch(config, *dataset, batch, first);
    const std::function<double(const Execution&)> seconds = [&trainer](const Execution& execution) {
        return timed_step(trainer, execution);
    };
    const auto images = static_cast<double>(batch);
    const RaceRules rules{.deadline = deadline};
    Timings timings = precisions_and_layouts(config.training, first.threads);
    co_await race(timings, images, seconds, rules);
    sort_by_speed(timings);
    const std::vector<ThreadChoice> choices =
        thread_choices_for(config, *dataset, timings.front().execution, batch);
    if (!choices.empty()) co_await race_threads(timings, choices, images, seconds, rules);
    co_return timings;
}

Work<Timings> calibrate(RunConfig config, std::shared_ptr<const Dataset> dataset, int threads) {
    config = with_threads(std::move(config), threads);
    Timings timings = {{plain_execution(config.training)}};
    const bool choice = config.training.precision == Precision::automatic ||
                        config.training.layout == MemoryLayout::automatic || chooses_threads(config);
    if (!choice || !worth_calibrating(config.training)) co_return timings;
    const ImageBatch& images = dataset->images;
    const std::string key = cache_key(config, images.channels, images.height, images.width);
    if (const std::optional<Timings> found = find_timings(timing_cache_file(), key)) co_return *found;
    timings = co_await time_executions(config, dataset);
    // An incomplete comparison, because other programs use the computer, is repeated for the next run.
    if (std::erase_if(timings, [](const Timing& timing) { return timing.images_per_second == 0; }) == 0)
        store_timings(timing_cache_file(), key, timings,
                      cost_of(config, images.channels, images.height, images.width));
    co_return timings;
}

KnownSpeed known_speed(const RunConfig& config, int channels, int height, int width, int threads) {
    const std::string key = cache_key(with_threads(config, threads), channels, height, width);
    if (const std::optional<Timings> found = find_timings(timing_cache_file(), key))
        return {found->front().images_per_second, true};
    const std::string prefix = cache_prefix(resolved_device(config.training.device));
    return {speed_of_similar(timing_cache_file(), prefix, cost_of(config, channels, height, width)), false};
}

}  // namespace denoise
