#pragma once

#include <mutex>
#include <set>

#include "engine/jobs/requests.h"

namespace denoise {

/// The jobs whose Cancel has been posted, until it is taken up. The thread that posts it adds them, and the
/// thread of the engine asks for them within its steps.
class Cancellations {
  public:
    void add(JobId job) {
        const std::lock_guard lock(mutex_);
        jobs_.insert(job);
    }
    void remove(JobId job) {
        const std::lock_guard lock(mutex_);
        jobs_.erase(job);
    }
    bool has(JobId job) const {
        const std::lock_guard lock(mutex_);
        return jobs_.contains(job);
    }

  private:
    mutable std::mutex mutex_;
    std::set<JobId> jobs_;
};

}  // namespace denoise
