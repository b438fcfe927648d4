#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "engine/session/events.h"
#include "engine/training/checkpoint.h"
#include "engine/training/run_folder.h"
#include "engine/training/trainer.h"

namespace denoise {

/// A run that is open for training: the trainer, its folder, and the clock that decides what is due.
class TrainingRun {
  public:
    /// A new run in `folder`, with a checkpoint of step 0, so that it can be resumed from its first moment.
    /// Throws Error.
    static TrainingRun start(const RunConfig& config, std::shared_ptr<const Dataset> dataset,
                             const std::filesystem::path& folder);

    /// The run in `folder` at its newest good checkpoint; damaged ones are added to `passed_over`. `steps` or
    /// `minutes` > 0 replace its budget. Throws Error, also when the budget is used up.
    static TrainingRun resume(RunFolder folder, Checkpoint checkpoint, std::shared_ptr<const Dataset> dataset,
                              const ResumeTraining& request);

    /// One step; its figures are written to the run's metrics. After one that is not finite nothing has
    /// changed.
    TrainStep step(StepMetrics& metrics);

    bool budget_used() const { return fraction() >= 1.0; }
    bool save_due() const;
    bool preview_due() const;
    /// Writes a checkpoint and drops the oldest. Throws Error; the previous checkpoint stays good.
    CheckpointSaved save();
    bool unsaved() const { return trainer_->steps_done() != saved_step_; }
    void postpone_save();  ///< after a failed save: try again in a minute

    void save_preview(const ImageBatch& images, double cost_seconds);
    void set_status(RunStatus status) { folder_.set_status(status); }
    void flush_metrics() { folder_.flush_metrics(); }

    /// Goes back to the newest good checkpoint with half the learning rate, after the loss has diverged.
    /// Throws Error.
    void rewind();

    TrainingProgress progress() const;
    RunOpened opened() const;
    const Trainer& trainer() const { return *trainer_; }
    const std::filesystem::path& folder() const { return folder_.path(); }
    const RunHeader& header() const { return folder_.header(); }

  private:
    using Clock = std::chrono::steady_clock;
    TrainingRun(RunFolder folder, std::unique_ptr<Trainer> trainer, double seconds);
    double fraction() const;

    RunFolder folder_;
    std::unique_ptr<Trainer> trainer_;
    double seconds_ = 0;  ///< training time, without pauses, previews and saves
    double images_per_second_ = 0;
    std::int64_t saved_step_ = -1;
    Clock::time_point saved_at_ = Clock::now();
    Clock::time_point next_preview_;
    bool save_postponed_ = false;
};

/// A free name for a new run in `parent`: date, time, dataset.
std::filesystem::path new_run_folder(const std::filesystem::path& parent, const std::string& dataset_name);

/// Resident memory of this process in bytes; 0 where it cannot be told.
std::int64_t resident_bytes();

}  // namespace denoise
