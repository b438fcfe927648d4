#pragma once

#include <filesystem>
#include <string>

#include "engine/runs/metrics.h"

namespace denoise {

/// Appends lines to a metrics.jsonl. The file is created with the first line.
class MetricsWriter {
  public:
    explicit MetricsWriter(std::filesystem::path path);
    MetricsWriter(MetricsWriter&& other) noexcept;
    MetricsWriter& operator=(MetricsWriter&& other) noexcept;
    ~MetricsWriter();

    void append(const StepMetrics& metrics);  ///< writes nothing before flush()
    /// Throws Error if the file cannot be written. What has not been written is kept for the next call.
    void flush();

  private:
    void open();

    std::filesystem::path path_;
    std::string unwritten_;
    int descriptor_ = -1;  ///< below 0: not open yet
};

}  // namespace denoise
