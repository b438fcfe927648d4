#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace denoise {

/// What one training step leaves behind; a line of metrics.jsonl.
struct StepMetrics {
    std::int64_t step = 0;  ///< 1 is the first
    double loss = 0, gradient_norm = 0, learning_rate = 0;
    double seconds = 0;            ///< training time so far
    double images_per_second = 0;  ///< smoothed
    bool operator==(const StepMetrics&) const = default;
};

/// One line of metrics.jsonl, without the line's end.
std::string metrics_line(const StepMetrics& metrics);

/// All steps of a metrics.jsonl. The file is append-only: a step that comes again after a resume replaces
/// what followed it, and a line that was cut by a crash is left out. Throws Error when the file cannot be
/// read.
std::vector<StepMetrics> read_metrics_file(const std::filesystem::path& path);

/// At most `points` of them, the last always among them.
std::vector<StepMetrics> thinned(const std::vector<StepMetrics>& metrics, std::size_t points);

}  // namespace denoise
