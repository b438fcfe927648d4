#include "engine/model/sampling_calibration.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>

#include "engine/base/processors.h"
#include "engine/device/devices.h"
#include "engine/device/transfer.h"
#include "engine/model/execution_race.h"
#include "engine/network/attention.h"
#include "engine/network/inference.h"
#include "engine/network/winograd_plan.h"

namespace denoise {
namespace {

using Clock = std::chrono::steady_clock;

/// No further call begins after this time, once an execution has been timed.
constexpr std::chrono::seconds time_limit{4};
constexpr double longest_call_seconds = 0.5;
constexpr std::int64_t probe_batch = 4;
/// In multiplications and additions; a processor core does about 30 billion in a second.
constexpr double work_worth_measuring = 4e11;

constexpr std::array<std::int64_t, 5> classes = {1, 4, 16, 64, 256};

/// The model's network with random inputs, to be timed.
class Stopwatch {
  public:
    Stopwatch(const Model& model, std::int64_t batch, ComputeDevice device)
        : network_(make_network(model.config().unet, model.header.channels, model.header.height,
                                model.header.width, model.weights, torch_device(device))),
          x_(sent_to(torch_device(device),
                     torch::randn({batch, model.header.channels, model.header.height, model.header.width},
                                  at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{1})))),
          t_(sent_to(torch_device(device),
                     torch::full({batch}, model.config().schedule.timesteps / 2, torch::kInt64))),
          labels_(sent_to(torch_device(device), labels_of(model, -1, batch))) {}

    double seconds(std::int64_t images, const Execution& execution) {
        const torch::Tensor labels = labels_.defined() ? labels_.narrow(0, 0, images) : labels_;
        return seconds_of(
            [&] {
                predict(network_, x_.narrow(0, 0, images), t_.narrow(0, 0, images), labels, execution,
                        threads_);
            },
            execution.device);
    }

  private:
    UNet network_;
    torch::Tensor x_, t_, labels_;
    ShareThreads threads_;
};

/// The number of images whose call takes at most about longest_call_seconds.
std::int64_t images_to_time(Stopwatch& stopwatch, std::int64_t batch, const Execution& execution) {
    const std::int64_t probe = std::min(batch, probe_batch);
    stopwatch.seconds(probe, execution);
    const double each = stopwatch.seconds(probe, execution) / static_cast<double>(probe);
    return std::clamp(static_cast<std::int64_t>(longest_call_seconds / each), probe, batch);
}

/// The execution without a measurement, with a definite number of threads.
Execution first_candidate(const Model& model, int threads, ComputeDevice device) {
    Execution execution = execution_of(model.header, device);
    const int wanted = model.config().training.threads;
    if (wanted > 0) execution.threads = wanted;
    if (execution.threads == 0) execution.threads = threads > 0 ? threads : default_threads();
    return execution;
}

/// Without a choice of the number of threads.
Timings precisions_and_layouts(const Model& model, const Execution& first) {
    const TrainingConfig& training = model.config().training;
    const bool measured = model.header.measured.has_value();
    Timings timings = {{first}};
    const auto add = [&timings](const Execution& execution) {
        if (std::ranges::find(timings, execution, &Timing::execution) == timings.end())
            timings.push_back({execution});
    };
    for (const bool bfloat16 : {false, true})
        for (const bool channels_last : {true, false}) {
            Execution execution = first;
            execution.bfloat16 = bfloat16;
            execution.channels_last = channels_last;
            execution.winograd.clear();
            execution.attention = AttentionKernel::flash;
            const bool any_precision = measured && training.precision == Precision::automatic;
            if (!any_precision && bfloat16 != first.bfloat16) continue;
            if (bfloat16 && !first.bfloat16 && !has_fast_bfloat16(first.device)) continue;
            if (training.layout != MemoryLayout::automatic && channels_last != first.channels_last) continue;
            add(execution);
            if (measured && can_use_attention_products(execution)) {
                execution.attention = AttentionKernel::products;
                add(execution);
            }
            if (!measured || !can_use_winograd(execution)) continue;
            execution.winograd = first.winograd.empty() ? to_string(usual_winograd_plan()) : first.winograd;
            add(execution);
        }
    return timings;
}

/// Graphics cards do not depend on it.
bool chooses_threads(const Model& model, int threads, const Execution& first) {
    return model.config().training.threads == 0 && threads == 0 && !is_graphics_card(first.device);
}

std::vector<ThreadChoice> thread_choices_for(const Model& model, int threads, const Execution& current,
                                             std::int64_t images) {
    const bool chooses = chooses_threads(model, threads, current);
    return thread_choices(current, chooses ? thread_counts() : std::vector<int>(), images);
}

}  // namespace

Timings sampling_candidates(const Model& model, int threads, ComputeDevice device) {
    const Execution first = first_candidate(model, threads, device);
    Timings timings = precisions_and_layouts(model, first);
    for (const ThreadChoice& choice : thread_choices_for(model, threads, first, classes.back()))
        timings.push_back({with_choice(first, choice)});
    return timings;
}

bool worth_calibrating(const Model& model, double images) {
    const RunHeader& header = model.header;
    const auto parts = describe_unet(header.config.unet, header.channels, header.height, header.width);
    return images * static_cast<double>(multiply_add_count(parts)) >= work_worth_measuring;
}

std::int64_t batch_class(std::int64_t batch) {
    for (const std::int64_t size : classes)
        if (batch <= size) return size;
    return classes.back();
}

std::string sampling_key(const Model& model, std::int64_t batch, int threads, ComputeDevice device) {
    const RunHeader& header = model.header;
    std::string key = measured_here("sampling with shares of the batch") +
                      network_key(header.config.unet, header.channels, header.height, header.width);
    const Execution first = first_candidate(model, threads, device);
    if (is_graphics_card(first.device)) key += ", " + measured_name(first.device);
    // Also tells apart the execution of the run, with which the others are compared.
    for (const Timing& candidate : precisions_and_layouts(model, first))
        key += ", " + describe_execution(candidate.execution) + " " + candidate.execution.winograd;
    if (chooses_threads(model, threads, first)) key += ", any threads";
    return key + ", up to " + std::to_string(batch_class(batch)) + " images";
}

Work<Timings> time_sampling(Model model, std::int64_t batch, int threads, ComputeDevice device) {
    const Clock::time_point deadline = Clock::now() + time_limit;
    const Execution first = first_candidate(model, threads, device);
    const auto stopwatch = std::make_unique<Stopwatch>(model, batch_class(batch), first.device);
    const std::int64_t images = images_to_time(*stopwatch, batch_class(batch), first);
    co_yield Progress(0, 0, "measuring the speed");
    const std::function<double(const Execution&)> seconds = [&](const Execution& execution) {
        return stopwatch->seconds(images, execution);
    };
    const RaceRules rules{.rounds = 3, .deadline = deadline};
    Timings timings = precisions_and_layouts(model, first);
    co_await race(timings, static_cast<double>(images), seconds, rules);
    sort_by_speed(timings);
    const std::vector<ThreadChoice> choices =
        thread_choices_for(model, threads, timings.front().execution, images);
    if (!choices.empty())
        co_await race_threads(timings, choices, static_cast<double>(images), seconds, rules);
    co_return timings;
}

}  // namespace denoise
