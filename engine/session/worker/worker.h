#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "engine/evaluation/feature_extractor.h"
#include "engine/session/engine.h"
#include "engine/session/worker/dataset_loader.h"
#include "engine/session/worker/mailbox.h"
#include "engine/session/worker/sampling.h"
#include "engine/session/worker/training_run.h"

namespace denoise {

/// The engine behind engine.h: one thread owns all tensors and makes every LibTorch call. It trains step by
/// step; commands are taken up between two steps. Sampling and evaluation are jobs: while one runs, its steps
/// alternate with training's.
class Worker : public Engine {
  public:
    explicit Worker(const EngineOptions& options);
    ~Worker() override;

    void post(Command command) override;
    std::vector<Event> take_events() override;
    std::vector<Event> wait_events(std::chrono::milliseconds timeout) override;

  private:
    using Clock = std::chrono::steady_clock;
    using Job = std::function<void()>;
    struct Wake {};  ///< nothing to do but look around
    using Inbound = std::variant<Command, LoadResult, Wake>;

    // The thread's loop
    void run(const std::stop_token& stop);
    void take_inbox();
    void accept(Inbound& item);
    void guarded(const Job& job);  ///< turns whatever it throws into a Failed event
    void fail(const Error& error);
    void emit(Event event) { events_.put(std::move(event)); }
    void update_state();
    void use_threads(int wished);  ///< 0: all cores but one, at least one
    EngineState state_now() const;

    // Commands
    void handle(const LoadDataset& command);
    void handle(const CancelLoading&);
    void handle(const StartTraining& command);
    void handle(const ResumeTraining& command);
    void handle(const PauseTraining&);
    void handle(const ContinueTraining&);
    void handle(const StepTraining&);
    void handle(const StopTraining&);
    void handle(const DiscardTraining&);
    void handle(const SaveCheckpoint&);
    void handle(const OpenModel& command);
    void handle(const Sample& command);
    void handle(const CancelSampling&);
    void handle(const Predict& command);
    void handle(const Encode& command);
    void handle(const ConvertModel& command);
    void handle(const Evaluate& command);
    void handle(const CancelEvaluation&);

    // Datasets
    void with_dataset(const DatasetConfig& config, Job then);
    void loading_done(LoadResult result);

    // Training
    void begin_training(TrainingRun run);
    void training_step();
    void save_run();
    void end_training(bool completed, bool save);
    void draw_preview();
    void report_progress();
    bool training_now() const { return run_ && training_; }

    // Sampling and evaluation
    void add_job(Job job);
    void run_next_job();
    /// Between two steps of a job: takes up commands, and trains for about as long as the job's step took.
    void between_job_steps(Clock::time_point& step_begin);
    void require_model() const;  ///< throws Error when there is none
    SamplingModel current_model();
    void sample(int id, const SampleRequest& request);
    void evaluate(const Evaluate& command, const std::shared_ptr<const Dataset>& dataset);
    void measure_bound(SamplingModel& model, const Evaluate& command, const Dataset& dataset,
                       EvaluationEnded& ended);
    void measure_samples(SamplingModel& model, const Evaluate& command, const Dataset& dataset,
                         EvaluationEnded& ended);
    ImageBatch draw_for_evaluation(SamplingModel& model, const Evaluate& command);
    /// A callback that tells how far `doing` is, and lets commands and training steps in between.
    WorkProgress progress_of(const std::string& doing, Clock::time_point& step_begin);

    EngineOptions options_;
    Mailbox<Event> events_;
    Mailbox<Inbound> inbox_;
    std::atomic<EngineState> announced_ = EngineState::empty;

    // Owned by the thread
    std::shared_ptr<const Dataset> dataset_;
    DatasetConfig dataset_config_;
    DatasetConfig loading_config_;
    Job after_loading_;
    bool loading_ = false;
    bool failed_ = false;
    std::optional<TrainingRun> run_;
    bool training_ = false;
    bool diverged_ = false;
    int single_steps_ = 0;
    Clock::time_point next_report_;
    std::optional<Checkpoint> model_;       ///< what sampling uses while no run is open
    std::deque<std::pair<int, Job>> jobs_;  ///< with the sample's id; 0 for an evaluation
    int next_sample_id_ = 1;
    bool job_running_ = false;
    std::stop_source job_stop_;
    std::stop_token closing_;

    DatasetLoader loader_;
    std::jthread thread_;  // last: starts when everything else stands, and ends first
};

}  // namespace denoise
