#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "engine/jobs/events.h"
#include "engine/model/checkpoint.h"
#include "engine/model/timing_cache.h"
#include "engine/runs/run_folder.h"
#include "engine/training/trainer.h"

namespace denoise {

/// A run that is open for training: its trainer, its folder, and the times of checkpoints and previews.
class TrainingRun {
  public:
    using Clock = std::chrono::steady_clock;

    /// Creates a run in `folder` with a checkpoint of step 0, so that it can be resumed at any time. It
    /// trains with `execution` on this machine, also when it is resumed. Throws Error.
    static TrainingRun start(const RunConfig& config, std::shared_ptr<const Dataset> dataset,
                             const std::filesystem::path& folder, const Execution& execution);

    /// Continues the run in `folder` from `checkpoint` with the settings `config`. Throws Error if the
    /// dataset does not match the run or if the budget is used up.
    static TrainingRun resume(RunFolder folder, Checkpoint checkpoint, std::shared_ptr<const Dataset> dataset,
                              const RunConfig& config, const Execution& execution);

    /// From now on, the processes of `group`, of which this one is the first, train the run together; null:
    /// this process alone. Throws Error, and what do_together() throws.
    void train_with(Communicator* group);

    /// Does one step and writes its metrics. A step that is not finite does not change the weights.
    TrainStep step(StepMetrics& metrics);

    /// Starts the clock of the budget, from `begin`. It counts everything until stop_clock(): steps,
    /// previews, saves and the work of other jobs.
    void start_clock(Clock::time_point begin = Clock::now()) { counted_until_ = begin; }
    void stop_clock();

    bool budget_used() const { return fraction() >= 1.0; }
    bool save_due() const;
    bool preview_due() const;
    /// Writes a checkpoint and deletes the oldest. Throws Error; the previous checkpoint is then unchanged.
    /// Writes the metrics, too, but it is no error here if they cannot be written: flush_metrics() reports
    /// it.
    CheckpointSaved save();
    /// Whether a snapshot of the tracked EMAs is to be taken after the last step.
    bool snapshot_due() const;
    /// Writes the snapshot and deletes those that are no longer kept. Throws Error.
    void save_snapshot() const;
    bool unsaved() const { return step_count() != saved_step_; }
    std::int64_t saved_step() const { return saved_step_; }  ///< of the last checkpoint
    void postpone_save();                                    ///< after a failed save: tries again in a minute

    void save_preview(const ImageBatch& images, double cost_seconds);
    SampleFigures judge_preview(const ImageBatch& images);  ///< compared with the training images
    void set_status(RunStatus status) { folder_.set_status(status); }
    void flush_metrics() { folder_.flush_metrics(); }

    /// Adopts the settings of `config` that can change during a training, from the next step on. Returns what
    /// has changed. Throws Error for an invalid value.
    std::vector<SettingChange> change(const RunConfig& config);
    /// Adds changes to the history of the run. Throws Error if the folder cannot be written.
    void record(const std::vector<SettingChange>& changes);
    const RunConfig& config() const { return trainer_->config(); }

    /// After the loss has diverged: returns to the newest readable checkpoint and halves the learning rate.
    /// If the trainer is torn instead, the learning rate is not at fault, and is kept. Returns what has
    /// changed, for record(). Throws Error.
    std::vector<SettingChange> rewind();

    /// What was measured for the choice of the execution, for describe().
    void set_timings(Timings timings) { timings_ = std::move(timings); }

    TrainingProgress progress() const;
    /// `problems`: why the history or the changes could not be read, without which a run can be trained.
    RunOpened describe(JobId job, std::vector<Error>* problems = nullptr) const;
    std::int64_t step_count() const { return trainer_->state().step; }
    const Trainer& trainer() const { return *trainer_; }
    const std::filesystem::path& folder() const { return folder_.path(); }
    const RunHeader& header() const { return folder_.header(); }

  private:
    TrainingRun(RunFolder folder, std::unique_ptr<Trainer> trainer, double seconds);
    double fraction() const;
    void count_time();
    void require_alone(const char* what) const;
    Clock::time_point next_preview() const;
    void drop_later_snapshots() const;
    /// The time for the last preview and the last checkpoint, which is kept free at the end of the budget.
    double closing_seconds() const { return preview_cost_ + save_cost_; }

    RunFolder folder_;
    std::unique_ptr<Trainer> trainer_;
    double seconds_ = 0;                              ///< training time without pauses, up to counted_until_
    std::optional<Clock::time_point> counted_until_;  ///< empty: the clock stands still
    double images_per_second_ = 0;                    ///< of the steps alone
    double preview_cost_ = 0, save_cost_ = 0;         ///< of the last one, in seconds
    std::int64_t saved_step_ = -1;
    Clock::time_point saved_at_ = Clock::now();
    Clock::time_point preview_at_ = Clock::now();  ///< of the last one, or when the run was opened
    bool drew_preview_ = false;
    bool save_postponed_ = false;
    std::optional<ImageFigures> data_figures_;
    Timings timings_;
};

/// The event for a model that has been opened. The caller sets folder, step and history.
RunOpened describe_model(JobId job, const RunHeader& header);

/// Adds the history and the changes of the run in `folder`. Returns the errors of those that cannot be read.
std::vector<Error> add_history(RunOpened& event, const std::filesystem::path& folder,
                               std::size_t points = 2000);

}  // namespace denoise
