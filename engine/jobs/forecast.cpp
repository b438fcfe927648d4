#include "engine/jobs/forecast.h"

#include <cmath>

#include "engine/runs/expectation.h"
#include "engine/runs/memory_estimate.h"
#include "engine/training/calibration.h"

namespace denoise {
namespace {

/// The share of the time that is left for training steps by calibration, previews and checkpoints.
constexpr double share_of_steps = 0.96;

/// Multiply-adds in a second that fast processors do in a training at most, and those of a step for each one
/// of the network: two in the backward pass.
constexpr double fast_processor = 5e11;
constexpr double operations_of_training = 3;
constexpr double long_seconds = 3 * 24 * 3600;

/// Whether a training takes days on any processor.
bool is_long_everywhere(const RunConfig& config, int channels, int height, int width) {
    const double per_image =
        static_cast<double>(multiply_add_count(describe_unet(config.unet, channels, height, width)));
    const double images =
        static_cast<double>(config.training.steps) * static_cast<double>(config.training.batch_size);
    return images * operations_of_training * per_image > fast_processor * long_seconds;
}

}  // namespace

TrainingForecast forecast(JobId id, const ForecastTraining& request, int threads) {
    const RunConfig config = with_classes(request.config, request.classes);
    const TrainingConfig& training = config.training;
    check_run(config, request.count, request.channels, request.height, request.width);
    TrainingForecast result;
    result.job = id;
    result.memory_bytes = estimate_training_memory(config, request.channels, request.height, request.width);
    const KnownSpeed speed = known_speed(config, request.channels, request.height, request.width, threads);
    result.images_per_second = speed.images_per_second;
    result.measured = speed.measured;
    const double steps_per_minute =
        60 * share_of_steps * speed.images_per_second / static_cast<double>(training.batch_size);
    result.steps = training.steps > 0 ? training.steps : std::llround(training.minutes * steps_per_minute);
    result.minutes = training.steps == 0    ? training.minutes
                     : steps_per_minute > 0 ? static_cast<double>(training.steps) / steps_per_minute
                                            : 0;
    if (speed.images_per_second == 0 &&
        is_long_everywhere(config, request.channels, request.height, request.width)) {
        result.expectation =
            "It takes many days on a processor, and is meant for a graphics card or a cluster.";
        return result;
    }
    constexpr std::size_t digits = 10;
    RunConfig quick = with_classes(find_preset("quick").config, digits);
    quick.training.device = training.device;
    const KnownSpeed speed_of_quick = known_speed(quick, 1, 28, 28, threads);
    result.expectation = expected_samples(
        {config, request.channels, request.height, request.width, result.steps, result.minutes,
         share_of_steps * speed.images_per_second, share_of_steps * speed_of_quick.images_per_second});
    return result;
}

}  // namespace denoise
