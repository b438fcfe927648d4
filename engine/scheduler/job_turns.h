#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "engine/jobs/job.h"

namespace denoise {

/// The current jobs and the order of their steps. Jobs that are ready get equal shares of the time,
/// regardless of the length of their steps. A job that was waiting or paused is not compensated for it.
class JobTurns {
  public:
    using Duration = std::chrono::steady_clock::duration;

    /// The job waits until job `after` has been removed.
    void add(std::unique_ptr<Job> job, JobId after = 0);
    void remove(JobId id);
    Job* find(JobId id) const;  ///< null: there is none
    bool empty() const { return entries_.empty(); }

    /// The ready job that has used the least time; null if none is ready.
    Job* next();
    /// Adds the time of a step to that of its job.
    void charge(JobId id, Duration time);

    template <class Each>
    void for_each(const Each& each) const {
        for (const Entry& entry : entries_) each(*entry.job);
    }

  private:
    struct Entry {
        std::unique_ptr<Job> job;
        JobId after = 0;
        Duration used{};
        bool was_ready = false;
    };
    std::vector<Entry> entries_;
    Duration now_{};  ///< time used by the job that next() last returned
};

}  // namespace denoise
