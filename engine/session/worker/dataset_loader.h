#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <variant>

#include "engine/base/error.h"
#include "engine/data/dataset.h"
#include "engine/session/events.h"

namespace denoise {

/// What a load ended with: a dataset, an error, or neither when it was cancelled.
struct LoadResult {
    DatasetConfig config;
    std::shared_ptr<const Dataset> dataset;
    std::optional<Error> error;
};

/// Loads one dataset at a time on a thread of its own, beside training. Callbacks run on that thread.
class DatasetLoader {
  public:
    using Done = std::function<void(LoadResult)>;
    DatasetLoader(LoadProgress progress, Done done)
        : progress_(std::move(progress)), done_(std::move(done)) {}

    /// Ends a load in progress and starts another.
    void start(const DatasetConfig& config);
    void cancel();

  private:
    LoadProgress progress_;
    Done done_;
    std::jthread thread_;
};

DatasetReady describe_dataset(const DatasetConfig& config, const Dataset& dataset);

}  // namespace denoise
