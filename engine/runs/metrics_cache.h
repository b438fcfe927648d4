#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>

namespace denoise {

/// What a list of runs shows of the metrics of a run.
struct MetricsSummary {
    double loss = 0;     ///< current_loss(); NaN without steps
    double seconds = 0;  ///< training time
};

/// The summaries of metrics files. A file is only read again when its size or its time has changed. Can be
/// used by several threads.
class MetricsCache {
  public:
    /// Throws Error if the file cannot be read. A file that does not exist has no steps.
    MetricsSummary summary_of(const std::filesystem::path& metrics_file);
    std::int64_t files_read() const { return files_read_; }  ///< so far, for tests

  private:
    struct Entry {
        std::uintmax_t bytes = 0;
        std::filesystem::file_time_type changed;
        MetricsSummary summary;
    };
    std::mutex mutex_;
    std::map<std::filesystem::path, Entry> entries_;
    std::int64_t files_read_ = 0;
};

}  // namespace denoise
