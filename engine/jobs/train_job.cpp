#include "engine/jobs/train_job.h"

#include <algorithm>

#include "engine/base/elapsed.h"
#include "engine/jobs/tensors.h"

namespace denoise {
namespace {

constexpr int preview_count = 16, preview_steps = 20;
constexpr std::chrono::milliseconds report_interval{200};

Error divergence(const StepMetrics& metrics) {
    return {"Training has paused: the loss is not a number",
            "step " + std::to_string(metrics.step) + " at learning rate " +
                format_setting(metrics.learning_rate) +
                " gave NaN or infinity; the weights before it and the last checkpoint are intact",
            "Continue from the last checkpoint with half the learning rate, or stop", "learning_rate"};
}

}  // namespace

TrainJob::TrainJob(JobId id, Emit emit, std::shared_ptr<DatasetLoad> load, Open open)
    : Job(id, std::move(emit)), load_(std::move(load)), open_(std::move(open)) {}

bool TrainJob::ready() const {
    return run_ ? training_ || preview_ : opening_ || load_->ended();
}

bool TrainJob::step() {
    if (!run_)
        open_step();
    else if (preview_)
        preview_step();
    else
        training_step();
    return !ended_;
}

void TrainJob::open_step() {
    if (!opening_) {
        opening_.emplace(open_(load_->dataset()));
        load_.reset();
    }
    if (opening_->step()) {
        const Progress& progress = opening_->report();
        return emit(JobProgress{id(), progress.done, progress.total, progress.doing});
    }
    run_.emplace(opening_->result());
    opening_.reset();
    training_ = true;
    emit(run_->describe(id()));
}

void TrainJob::training_step() {
    StepMetrics metrics;
    const TrainStep result = run_->step(metrics);
    emit(MetricsBatch{id(), {metrics}});
    if (!result.finite) {
        training_ = step_once_ = false;
        run_->stop_clock();
        diverged_ = true;
        run_->flush_metrics();
        run_->set_status(RunStatus::stopped);
        return emit(Problem{id(), divergence(metrics)});
    }
    if (step_once_) {
        training_ = step_once_ = false;
        run_->stop_clock();
    }
    if (Clock::now() >= next_report_ || run_->budget_used()) report_progress();
    if (run_->budget_used())
        begin_preview();  // the run is closed after the preview
    else if (run_->save_due())
        save_or_report();
    if (training_ && !preview_ && run_->preview_due()) begin_preview();
}

void TrainJob::begin_preview() {
    SampleRequest request;
    request.count = preview_count;
    request.steps = std::min(preview_steps, run_->header().config.schedule.timesteps);
    const Model snapshot = model();
    preview_ = sample_images(snapshot, denoiser_of(snapshot), request);
    preview_seconds_ = 0;
}

void TrainJob::preview_step() {
    const torch::NoGradGuard no_grad;
    const Clock::time_point begin = Clock::now();
    const bool more = preview_->step();
    preview_seconds_ += seconds_since(begin);
    if (more) return;
    const ImageBatch images = to_images(preview_->result());
    preview_.reset();
    emit(PreviewReady{id(), run_->step_count(), images});
    try {
        run_->save_preview(images, preview_seconds_);
    } catch (const Error& error) {
        emit(Problem{id(), error});  // training continues without the picture
    }
    if (run_->budget_used()) close(true, true);
}

void TrainJob::report_progress() {
    next_report_ = Clock::now() + report_interval;
    try {
        run_->flush_metrics();
    } catch (const Error&) {
        // A full disk is reported by the next save.
    }
    TrainingProgress progress = run_->progress();
    progress.job = id();
    emit(progress);
    emit(TimestepLosses{id(), run_->trainer().state().timestep_losses});
}

Model TrainJob::model() const {
    const TrainingState& state = run_->trainer().state();
    return {run_->header(), state.step, state.ema.clone(), state.timestep_losses};
}

void TrainJob::require_open(const char* what) const {
    if (!run_ || diverged_) throw Error{what, "no run is open for training", "Start or resume one"};
}

void TrainJob::pause() {
    if (!training()) return;
    training_ = false;
    run_->stop_clock();
    save_or_report();
    report_progress();
}

void TrainJob::continue_training() {
    if (run_->budget_used()) return stop(true);  // the last save failed
    if (diverged_) {
        run_->rewind();
        diverged_ = false;
        emit(Notice{id(), "Training continues from step " + std::to_string(run_->step_count()) +
                              " with half the learning rate"});
        emit(run_->describe(id()));
    }
    run_->set_status(RunStatus::running);
    run_->start_clock();
    training_ = true;
}

void TrainJob::single_step() {
    require_open("Cannot do a step");
    if (!training_) run_->start_clock();
    training_ = step_once_ = true;
}

void TrainJob::save() {
    require_open("Cannot save a checkpoint");
    save_or_report();
}

void TrainJob::change(const RunConfig& config) {
    const RunConfig before = run_->config();
    try {
        run_->change(config);
    } catch (const Error& error) {
        emit(Problem{id(), error});  // the settings apply all the same
    }
    std::vector<SettingChange> changes = changes_between(before, run_->config(), run_->step_count());
    if (!changes.empty()) emit(RunChanged{id(), run_->config(), std::move(changes)});
}

void TrainJob::write_state(bool checkpoint) {
    if (checkpoint && run_->unsaved()) {
        CheckpointSaved saved = run_->save();
        saved.job = id();
        emit(std::move(saved));
    }
    run_->flush_metrics();
}

void TrainJob::save_or_report() {
    try {
        write_state(true);
    } catch (const Error& error) {
        run_->postpone_save();
        emit(Problem{id(), error});  // training continues, because its state is still in memory
    }
}

void TrainJob::stop(bool save) {
    if (run_) close_or_throw(run_->budget_used(), save && !diverged_);
}

bool TrainJob::close(bool completed, bool save) {
    try {
        close_or_throw(completed, save);
        return true;
    } catch (const Error& error) {
        emit(Problem{id(), error});
        return false;
    }
}

void TrainJob::close_or_throw(bool completed, bool save) {
    training_ = step_once_ = false;
    preview_.reset();
    try {
        write_state(save);
        run_->set_status(completed ? RunStatus::finished : RunStatus::stopped);
    } catch (const Error&) {
        if (save) throw;  // the run stays open, paused
    }
    ended_ = true;
    emit(TrainingEnded{id(), run_->folder(), run_->step_count(), completed});
}

}  // namespace denoise
