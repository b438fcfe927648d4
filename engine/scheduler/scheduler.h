#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>
#include <variant>
#include <vector>

#include "engine/jobs/dataset_load.h"
#include "engine/jobs/job.h"
#include "engine/jobs/sample_store.h"
#include "engine/jobs/sampling_executions.h"
#include "engine/jobs/train_job.h"
#include "engine/model/ema_length_cache.h"
#include "engine/model/model_cache.h"
#include "engine/scheduler/cancellations.h"
#include "engine/scheduler/job_turns.h"
#include "engine/scheduler/mailbox.h"
#include "engine/session/engine.h"

namespace denoise {

/// Implements Engine. One thread owns all tensors and makes all LibTorch calls. It turns requests into jobs
/// and does one step of one job at a time. Commands are processed between two steps.
class Scheduler : public Engine {
  public:
    using Clock = std::chrono::steady_clock;
    /// `now` measures the steps of the jobs, which get equal shares of the time; tests replace it.
    explicit Scheduler(const EngineOptions& options, std::function<Clock::time_point()> now = Clock::now);
    ~Scheduler() override;

    JobId post(Command command) override;
    std::vector<Event> take_events() override;
    std::vector<Event> wait_events(std::chrono::milliseconds timeout) override;

  private:
    struct Posted {
        JobId id;
        Command command;
    };
    struct Wake {};  ///< a load has ended, or the engine is being destroyed
    using Inbound = std::variant<Posted, Wake>;

    void run(const std::stop_token& stop);
    void take_turn();        ///< takes up what was posted, and does one step of one job
    void save_at_the_end();  ///< the run in training; tries for a few seconds, then notes the loss
    void take_up(Inbound& item);
    void emit(Event event) { events_.put(std::move(event)); }
    Emit emitter();
    void update_state();
    EngineState state_now() const;

    // Requests
    void accept(JobId id, const LoadDataset& request);
    void accept(JobId id, const ForecastTraining& request);
    void accept(JobId id, const StartTraining& request);
    void accept(JobId id, const ResumeTraining& request);
    void accept(JobId id, const OpenModel& request);
    void accept(JobId id, const Sample& request);
    void accept(JobId id, const Predict& request);
    void accept(JobId id, const Encode& request);
    void accept(JobId id, const ConvertModel& request);
    void accept(JobId id, const Evaluate& request);
    // Commands
    void accept(JobId, const Cancel& command);
    void accept(JobId, const PauseTraining&);
    void accept(JobId, const ContinueTraining&);
    void accept(JobId, const StepTraining&);
    void accept(JobId, const StopTraining&);
    void accept(JobId, const DiscardTraining&);
    void accept(JobId, const SaveCheckpoint&);
    void accept(JobId, const ChangeTraining& command);

    void add_work(JobId id, WorkJob::Start start, std::shared_ptr<DatasetLoad> load = nullptr,
                  JobId after = 0);
    void add_training(JobId id, std::shared_ptr<DatasetLoad> load, TrainJob::Open open);
    void require_no_run(const char* what) const;
    /// Reports a dataset that has been loaded for a job, and keeps it in memory.
    void announce(JobId id, const std::shared_ptr<DatasetLoad>& load);
    TrainJob& open_run(const char* what);
    void close_run(bool save);
    /// Ends a job that was closed on request: done if its run has used its budget, otherwise cancelled.
    void end_closed(const Job& job);
    /// The model in training or the open one, with the EMA of a length or, for 0, of the run. Throws Error if
    /// there is none, or if the length cannot be chosen.
    Model current_model(double ema_length = 0);

    void step(Job& job);
    bool ends_within_step(const Job& job) const;
    void keep_model_of(const TrainJob& job);  ///< in model_, for when the run is closed
    /// Emits the last event of a job and removes the job.
    void end(JobId id, Outcome outcome, const Error& error = {});

    EngineOptions options_;
    std::function<Clock::time_point()> now_;
    Mailbox<Event> events_;
    Mailbox<Inbound> inbox_;
    std::atomic<JobId> last_id_ = 0;
    // Which jobs end within a step. Set when a command is posted, cleared before it is taken up.
    Cancellations cancelled_;
    std::atomic<JobId> stopped_until_ = 0;  ///< a training with this id or a smaller one
    std::atomic<bool> ending_ = false;      ///< all, because the engine is being destroyed

    // Only used by the thread
    EngineState announced_ = EngineState::empty;
    Datasets datasets_;
    SampleStore samples_;
    SamplingExecutions executions_;
    ModelCache models_;  ///< for samples of other models than the open one
    EmaLengthCache ema_lengths_;
    std::optional<Model> model_;  ///< used for sampling while no run is open
    JobTurns jobs_;
    TrainJob* training_ = nullptr;  ///< the training job in jobs_; null: none
    bool failed_ = false;           ///< whether the last job that ended failed

    std::jthread thread_;  // last: starts after all other members are initialized, and ends first
};

}  // namespace denoise
