#include "engine/runs/memory_estimate.h"

#include <algorithm>

#include "engine/base/memory.h"
#include "engine/runs/batch_parts.h"

namespace denoise {
namespace {

// Fitted to the measured peaks of 16 runs of the presets, with batches from 8 to 128, in float32 and
// bfloat16.
constexpr double program = 170e6;
/// Weights, EMA, gradients, two moments, the copies for previews and checkpoints.
constexpr double buffers_per_parameter = 8;
/// Two more EMAs.
constexpr double tracked_buffers = 2;
/// Tensors that are kept for the gradients, per part of the network, in units of its output.
constexpr double fused_activations = 3.5, plain_activations = 4.7;
constexpr double annotated_activations = 7;  // its attention is wider than its output

double kept_activations(const RunConfig& config) {
    if (config.unet.architecture == Architecture::annotated) return annotated_activations;
    return config.training.kernels == Kernels::fused ? fused_activations : plain_activations;
}

// Fitted to measured peaks of the presets, with 32 to 256 images.
/// Without gradients, only the skip connections are kept. The part that is being computed needs several
/// tensors of the size of the largest output.
constexpr double temporary_outputs = 4;
constexpr double annotated_temporary_outputs = 24;  // its attention is wider than its output
/// The images, in float32: x_t, x_0, eps, noise, the history of the solver, and the trajectory.
constexpr double image_buffers = 10;

/// A job is only refused if this share of the estimate does not fit.
constexpr double certain_share = 0.75;

struct Need {
    double fixed, per_image;
    double of(std::int64_t batch) const { return fixed + per_image * static_cast<double>(batch); }
};

Need need_of(const RunConfig& config, int channels, int height, int width) {
    const std::vector<UNetPart> parts = describe_unet(config.unet, channels, height, width);
    const auto parameters = static_cast<double>(parameter_count(parts));
    double outputs = 0;
    for (const UNetPart& part : parts)
        outputs += static_cast<double>(part.channels) * std::max(part.height, 1) * std::max(part.width, 1);
    const double bytes = config.training.precision == Precision::bfloat16 ? 2 : 4;
    const double buffers = buffers_per_parameter + (config.training.ema_snapshots > 0 ? tracked_buffers : 0);
    return {program + 4 * buffers * parameters, kept_activations(config) * outputs * bytes};
}

/// The fewest parts of the batch with at most `images` images each.
int parts_for(const TrainingConfig& training, int images) {
    const int least = (training.batch_size + images - 1) / images;
    return next_batch_parts(training.batch_size, std::max(training.batch_parts, least));
}

double sampling_bytes_per_image(const RunConfig& config, int channels, int height, int width) {
    double skips = 0, largest = 0;
    for (const UNetPart& part : describe_unet(config.unet, channels, height, width)) {
        const double output =
            static_cast<double>(part.channels) * std::max(part.height, 1) * std::max(part.width, 1);
        if (part.stage.starts_with("Down")) skips += output;
        largest = std::max(largest, output);
    }
    const double bytes = config.training.precision == Precision::bfloat16 ? 2 : 4;
    const double temporary =
        config.unet.architecture == Architecture::annotated ? annotated_temporary_outputs : temporary_outputs;
    return bytes * (skips + temporary * largest) +
           4 * image_buffers * static_cast<double>(channels) * height * width;
}

}  // namespace

std::int64_t estimate_training_memory(const RunConfig& config, int channels, int height, int width) {
    return static_cast<std::int64_t>(
        need_of(config, channels, height, width).of(images_of_part(config.training)));
}

void check_training_memory(const RunConfig& config, int channels, int height, int width,
                           std::int64_t available) {
    const Need need = need_of(config, channels, height, width);
    const double needed = need.of(images_of_part(config.training));
    if (certain_share * needed <= static_cast<double>(available)) return;
    const char* const what = "There is not enough memory for this training";
    const std::string why = "it needs about " + memory_text(static_cast<std::int64_t>(needed)) + ", and " +
                            memory_text(available) + " are available";
    const double room = static_cast<double>(available) - need.fixed;
    if (room < need.per_image)
        throw Error{what, why, "Set base_width or multipliers to smaller values, or close other programs",
                    "base_width"};
    const auto fitting = static_cast<int>(room / need.per_image);
    throw Error{what, why,
                "Set batch_size to at most " + std::to_string(fitting * config.training.batch_parts) +
                    ", batch_parts to at least " + std::to_string(parts_for(config.training, fitting)) +
                    ", or base_width to a smaller value",
                "batch_size"};
}

std::int64_t estimate_sampling_memory(const RunConfig& config, int channels, int height, int width,
                                      std::int64_t count) {
    return static_cast<std::int64_t>(sampling_bytes_per_image(config, channels, height, width) *
                                     static_cast<double>(count));
}

void check_sampling_memory(const RunConfig& config, int channels, int height, int width, std::int64_t count,
                           std::int64_t available) {
    const std::int64_t needed = estimate_sampling_memory(config, channels, height, width, count);
    if (certain_share * static_cast<double>(needed) <= static_cast<double>(available)) return;
    const std::int64_t fitting = available / estimate_sampling_memory(config, channels, height, width, 1);
    throw Error{"There is not enough memory for these samples",
                std::to_string(count) + (count == 1 ? " image" : " images") + " of " + std::to_string(width) +
                    " x " + std::to_string(height) + " need about " + memory_text(needed) + ", and " +
                    memory_text(available) + " are available",
                fitting > 0 ? "Sample at most " + std::to_string(fitting) + " at once"
                            : "Close other programs, or use a smaller model"};
}

}  // namespace denoise
