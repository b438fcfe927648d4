#include "engine/runs/metrics_cache.h"

#include <limits>

#include "engine/runs/metrics.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

}  // namespace

MetricsSummary MetricsCache::summary_of(const fs::path& metrics_file) {
    const MetricsSummary none{std::numeric_limits<double>::quiet_NaN(), 0};
    std::error_code code;
    if (!fs::exists(metrics_file, code)) return none;
    Entry entry{fs::file_size(metrics_file, code), fs::last_write_time(metrics_file, code), none};
    if (!code) {
        const std::scoped_lock lock(mutex_);
        const auto known = entries_.find(metrics_file);
        if (known != entries_.end() && known->second.bytes == entry.bytes &&
            known->second.changed == entry.changed)
            return known->second.summary;
    }
    const std::vector<StepMetrics> metrics = read_metrics_file(metrics_file);
    entry.summary = {current_loss(metrics), metrics.empty() ? 0 : metrics.back().seconds};
    const std::scoped_lock lock(mutex_);
    ++files_read_;
    if (!code) entries_[metrics_file] = entry;
    return entry.summary;
}

}  // namespace denoise
