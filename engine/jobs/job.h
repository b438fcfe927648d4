#pragma once

#include <functional>
#include <memory>

#include "engine/base/work.h"
#include "engine/jobs/dataset_load.h"
#include "engine/jobs/events.h"

namespace denoise {

/// Reports an event of a job. May be called from any thread.
using Emit = std::function<void(JobEvent)>;

/// The execution of a request in small steps, which the scheduler alternates with those of other jobs.
/// Destroying a job cancels its remaining steps.
class Job {
  public:
    Job(JobId id, Emit emit) : id_(id), emit_(std::move(emit)) {}
    virtual ~Job() = default;
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;

    JobId id() const { return id_; }
    /// Whether step() has something to do. False while the job waits for a dataset or is paused.
    virtual bool ready() const = 0;
    /// Whether the job has not started because its dataset is not loaded yet.
    virtual bool waits_for_dataset() const = 0;
    /// Does one step of the work, which should take well under a second. Returns false if the job has ended.
    /// Throws Error and Cancelled.
    virtual bool step() = 0;
    /// Prepares the job for its end, for example by saving. Returns false if it cannot end now; it has then
    /// reported the reason.
    virtual bool cancel() { return true; }

  protected:
    void emit(JobEvent event) const { emit_(std::move(event)); }

  private:
    JobId id_;
    Emit emit_;
};

/// A job whose work is a coroutine. Its reports become JobProgress. Its steps run without gradients.
class WorkJob : public Job {
  public:
    /// Starts the work: with the dataset of `load` when it has ended, or at once without a dataset if `load`
    /// is null.
    using Start = std::function<Work<void>(std::shared_ptr<const Dataset>)>;
    WorkJob(JobId id, Emit emit, Start start, std::shared_ptr<DatasetLoad> load = nullptr);

    bool ready() const override;
    bool waits_for_dataset() const override { return load_ && !work_; }
    bool step() override;

  private:
    Start start_;
    std::shared_ptr<DatasetLoad> load_;
    std::optional<Work<void>> work_;
};

}  // namespace denoise
