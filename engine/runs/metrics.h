#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace denoise {

/// The losses of the EMA weights on images that the model has never seen, and on as many training images with
/// the same timesteps and noise. Both are the same images and noise in the whole run.
struct HeldOutLosses {
    double held_out = 0, training = 0;
    bool operator==(const HeldOutLosses&) const = default;
};

/// The measurements of one training step, a line of metrics.jsonl.
struct StepMetrics {
    std::int64_t step = 0;  ///< the first step is 1
    double loss = 0, gradient_norm = 0, learning_rate = 0;
    double seconds = 0;                          ///< training time so far
    double images_per_second = 0;                ///< smoothed
    std::optional<HeldOutLosses> held_out = {};  ///< at intervals, with the weights after the step
    bool operator==(const StepMetrics&) const = default;
};

/// A line of metrics.jsonl, without the newline character. NaN and infinity are written as null.
std::string metrics_line(const StepMetrics& metrics);

/// Reads all steps of a metrics.jsonl. Lines are only ever appended to the file, so a step that was repeated
/// after resuming replaces the earlier one and all that follow it. Skips lines that are not valid, such as
/// one that is incomplete because of a crash. Throws Error if the file cannot be read.
std::vector<StepMetrics> read_metrics_file(const std::filesystem::path& path);

/// How many steps "the loss" of a run is averaged over, in the window, in the list of runs and on the command
/// line: single steps differ too much.
inline constexpr std::int64_t loss_window = 100;

/// The mean loss at each step with a finite loss, over the last `window` steps up to it.
struct MeanLoss {
    std::int64_t step = 0;
    double loss = 0;
};
std::vector<MeanLoss> mean_losses(const std::vector<StepMetrics>& metrics, std::int64_t window = loss_window);
/// The last of mean_losses(); NaN if there is none.
double current_loss(const std::vector<StepMetrics>& metrics, std::int64_t window = loss_window);

/// At most `points` of the steps, evenly spaced, as many of those with held-out losses, and all of the last
/// 500, so that current_loss() is the same.
std::vector<StepMetrics> thinned(const std::vector<StepMetrics>& metrics, std::size_t points);

}  // namespace denoise
