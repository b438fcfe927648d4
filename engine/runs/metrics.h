#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace denoise {

/// The measurements of one training step, a line of metrics.jsonl.
struct StepMetrics {
    std::int64_t step = 0;  ///< the first step is 1
    double loss = 0, gradient_norm = 0, learning_rate = 0;
    double seconds = 0;            ///< training time so far
    double images_per_second = 0;  ///< smoothed
    bool operator==(const StepMetrics&) const = default;
};

/// A line of metrics.jsonl, without the newline character. NaN and infinity are written as null.
std::string metrics_line(const StepMetrics& metrics);

/// Reads all steps of a metrics.jsonl. Lines are only ever appended to the file, so a step that was repeated
/// after resuming replaces the earlier one and all that follow it. Skips lines that are not valid, such as
/// one that is incomplete because of a crash. Throws Error if the file cannot be read.
std::vector<StepMetrics> read_metrics_file(const std::filesystem::path& path);

/// At most `points` of the steps, evenly spaced. The last step is always included.
std::vector<StepMetrics> thinned(const std::vector<StepMetrics>& metrics, std::size_t points);

}  // namespace denoise
