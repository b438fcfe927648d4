#pragma once

#include <chrono>
#include <optional>

#include "engine/jobs/job.h"
#include "engine/jobs/sampling.h"
#include "engine/jobs/training_run.h"

namespace denoise {

/// Trains a run: waits for its dataset, then does one training step or one step of a preview at a time. Ends
/// when the budget is used up or the run is closed.
class TrainJob : public Job {
  public:
    /// Opens the run. Called with its dataset when this has been loaded.
    using Open = std::function<Work<TrainingRun>(std::shared_ptr<const Dataset>)>;
    TrainJob(JobId id, Emit emit, std::shared_ptr<DatasetLoad> load, Open open);

    bool ready() const override;
    bool waits_for_dataset() const override { return !run_; }
    bool step() override;
    bool cancel() override { return stop(true); }

    bool is_open() const { return run_.has_value(); }  ///< false while it waits for its dataset
    bool training() const { return run_ && training_; }
    bool diverged() const { return diverged_; }
    const TrainingRun& run() const { return *run_; }
    /// A snapshot, with the EMA of a length or, for 0, of the run. Throws Error if the length cannot be
    /// chosen.
    Model model(double ema_length = 0) const;

    // Each throws Error if it is not possible in the current state.
    void pause();
    void continue_training();
    void single_step();
    void save();
    void change(const RunConfig& config);  ///< see TrainingRun::change()
    /// Saves if `save` is set and closes the run, which ends the job. If the checkpoint cannot be written, it
    /// tries again for a few seconds and then reports a Problem. The run stays open, so that no progress is
    /// lost. Returns whether the job has ended.
    bool stop(bool save);
    bool ended() const { return ended_; }
    /// Whether the last save has failed and is tried again by step().
    bool closing() const { return closing_.has_value(); }

  private:
    using Clock = std::chrono::steady_clock;

    void open_step();
    void training_step();
    void give_up_if_torn();
    void preview_step();
    bool draw_preview();  ///< one step of it; whether there are more
    void begin_preview();
    /// A run that is being closed, whose last save has failed.
    struct Closing {
        bool completed = false;
        int attempts = 0;
        Clock::time_point next;
    };
    bool close(bool completed, bool save);
    void close_again();
    void end_run(bool completed);
    void emit_opened();
    void flush_or_go_on();
    void save_snapshot();  ///< of the tracked EMAs; errors are not reported
    void set_stopped();
    template <class Part>
    void report_if_it_fails(const Part& part);
    /// Writes the metrics and, where wanted, a checkpoint of the current step. Throws Error.
    void write_state(bool checkpoint);
    void save_or_report();
    void report_progress();
    void require_open(const char* what) const;

    std::shared_ptr<DatasetLoad> load_;
    Open open_;
    std::optional<Work<TrainingRun>> opening_;  ///< in progress
    std::optional<TrainingRun> run_;
    bool training_ = false;
    bool diverged_ = false;
    bool ended_ = false;
    bool step_once_ = false;
    std::optional<Closing> closing_;
    Clock::time_point next_report_;
    std::optional<Sampling> preview_;  ///< in progress
    double preview_seconds_ = 0;
};

}  // namespace denoise
