#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/base/error.h"
#include "engine/data/dataset.h"
#include "engine/jobs/events.h"

namespace denoise {

/// Loads a dataset. May change `config` if it finds the dataset in another place.
using DatasetLoader =
    std::function<Dataset(DatasetConfig& config, const LoadProgress& progress, const std::stop_token& stop)>;

/// Loads a dataset on its own thread. The destructor cancels a load in progress.
class DatasetLoad {
  public:
    /// `progress` and `ended` are called on the loading thread, and `loader`, which replaces load_dataset().
    DatasetLoad(DatasetConfig config, LoadProgress progress, std::function<void()> ended,
                DatasetLoader loader = {});

    /// What was asked for.
    const DatasetConfig& config() const { return config_; }
    /// What was loaded. Must only be called after the load has ended.
    const DatasetConfig& loaded_config() const { return loaded_config_; }
    bool ended() const { return ended_; }
    /// Must only be called after the load has ended. Throws the Error of a failed load, or Cancelled.
    std::shared_ptr<const Dataset> dataset() const;

  private:
    void run(const LoadProgress& progress, const std::stop_token& stop, const DatasetLoader& loader);

    const DatasetConfig config_;
    DatasetConfig loaded_config_;
    std::shared_ptr<const Dataset> dataset_;
    std::optional<Error> error_;
    std::atomic<bool> ended_ = false;
    std::jthread thread_;  // last: joined before the members that it writes to are destroyed
};

/// The datasets of all jobs. Jobs that need the same dataset share its load. The last loaded dataset stays in
/// memory.
class Datasets {
  public:
    /// `progress` is called for each job that waits for a load, and `ended` when a load has ended, both on a
    /// loading thread.
    Datasets(std::function<void(JobProgress)> progress, std::function<void()> ended)
        : progress_(std::move(progress)), ended_(std::move(ended)) {}

    /// The load of `config`, which may have ended already. Reports progress for `job`. A load with its own
    /// `loader` is not shared.
    std::shared_ptr<DatasetLoad> load(const DatasetConfig& config, JobId job, DatasetLoader loader = {});
    bool is_loading() const;
    /// Whether the dataset in memory is that of `config`.
    bool holds(const DatasetConfig& config) const { return current_ && current_->loaded_config() == config; }
    bool empty() const { return current_ == nullptr; }
    /// Keeps the dataset of a load that has ended in memory and releases the previous one.
    void keep(std::shared_ptr<DatasetLoad> load) { current_ = std::move(load); }

  private:
    /// The jobs to which a load in progress reports.
    struct Listeners {
        std::mutex mutex;
        std::vector<JobId> jobs;
    };
    struct InProgress {
        std::weak_ptr<DatasetLoad> load;
        std::shared_ptr<Listeners> listeners;
    };

    std::function<void(JobProgress)> progress_;
    std::function<void()> ended_;
    std::vector<InProgress> in_progress_;
    std::shared_ptr<DatasetLoad> current_;
};

/// The event for a dataset that has been loaded for `job`.
DatasetReady describe_dataset(JobId job, const DatasetConfig& config, const Dataset& dataset);

/// The notes on the dataset and "3 files were skipped ..."; empty if there is nothing to say.
std::string describe_skipped(const Dataset& dataset);

}  // namespace denoise
