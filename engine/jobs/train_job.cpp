#include "engine/jobs/train_job.h"

#include <algorithm>

#include "engine/base/cancelled.h"
#include "engine/base/elapsed.h"
#include "engine/device/memory_errors.h"
#include "engine/jobs/tensors.h"
#include "engine/jobs/training_errors.h"
#include "engine/model/ema_lengths.h"

namespace denoise {
namespace {

constexpr int preview_count = 16, preview_steps = 20;
constexpr std::chrono::milliseconds report_interval{200};

/// The last save of a run is tried this often, and the time between.
constexpr int save_attempts = 5;
constexpr std::chrono::seconds save_interval{1};

}  // namespace

TrainJob::TrainJob(JobId id, Emit emit, std::shared_ptr<DatasetLoad> load, Open open)
    : Job(id, std::move(emit)), load_(std::move(load)), open_(std::move(open)) {}

/// For what training can do without.
template <class Part>
void TrainJob::report_if_it_fails(const Part& part) {
    try {
        part();
    } catch (const Error& error) {
        emit(Problem{id(), error});
    }
}

bool TrainJob::ready() const {
    if (closing_) return Clock::now() >= closing_->next;
    return run_ ? training_ || preview_ : opening_ || load_->ended();
}

bool TrainJob::step() {
    if (!run_)
        open_step();
    else if (closing_)
        close_again();
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
    emit_opened();
}

void TrainJob::emit_opened() {
    std::vector<Error> problems;
    emit(run_->describe(id(), &problems));
    for (const Error& error : problems) emit(Notice{id(), error.what + ": " + error.why});
}

/// As after a divergence, only the last checkpoint is good if the step failed while it changed the state.
void TrainJob::give_up_if_torn() {
    if (!run_->trainer().is_torn()) return;
    training_ = step_once_ = false;
    diverged_ = true;
    run_->stop_clock();
    set_stopped();
}

void TrainJob::training_step() {
    StepMetrics metrics;
    TrainStep result;
    try {
        result = run_->step(metrics);
    } catch (const Cancelled&) {
        return;  // nothing has changed, and the command that has stopped the step follows
    } catch (const c10::Error& error) {
        give_up_if_torn();
        if (memory_error(error) != MemoryError::graphics_card) throw;
        release_kept_memory();
        throw no_memory_for_step(run_->config().training);
    } catch (...) {
        give_up_if_torn();
        throw;
    }
    emit(MetricsBatch{id(), {metrics}});
    if (!result.finite) {
        training_ = step_once_ = false;
        run_->stop_clock();
        diverged_ = true;
        flush_or_go_on();
        set_stopped();
        return emit(Problem{id(), divergence(metrics)});
    }
    if (step_once_) {
        training_ = step_once_ = false;
        run_->stop_clock();
    }
    if (run_->snapshot_due()) save_snapshot();
    if (Clock::now() >= next_report_ || run_->budget_used()) report_progress();
    if (run_->budget_used())
        begin_preview();  // the run is closed after the preview
    else if (run_->save_due())
        save_or_report();
    if (training_ && !preview_ && run_->preview_due()) begin_preview();
}

void TrainJob::save_snapshot() {
    try {
        run_->save_snapshot();
    } catch (const std::exception&) {
    } catch (const Error&) {
        // A full disk is reported by the next save, and the other snapshots are enough.
    }
}

void TrainJob::begin_preview() {
    SampleRequest request;
    request.count = preview_count;
    request.steps = std::min(preview_steps, run_->header().config.schedule.timesteps);
    const Model snapshot = model();
    const Execution execution = execution_of(snapshot.header);
    preview_ = sample_images(snapshot, denoiser_of(snapshot, execution), request, execution.device);
    preview_seconds_ = 0;
}

void TrainJob::preview_step() {
    try {
        if (draw_preview()) return;
    } catch (const Cancelled&) {
        preview_.reset();
        if (run_->budget_used()) training_ = false;  // the command that has stopped it closes the run
        return;
    } catch (const Error& error) {  // training goes on without the picture
        preview_.reset();
        emit(Notice{id(), error.what + ": " + error.why});
    } catch (const std::exception&) {
        preview_.reset();
        emit(Notice{id(), "A preview could not be drawn, for example because there is not enough memory"});
    }
    if (run_->budget_used()) close(true, true);
}

bool TrainJob::draw_preview() {
    const torch::NoGradGuard no_grad;
    const Clock::time_point begin = Clock::now();
    if (preview_->step()) {
        preview_seconds_ += seconds_since(begin);
        return true;
    }
    const ImageBatch images = to_images(preview_->result());
    preview_.reset();
    emit(PreviewReady{id(), run_->step_count(), images});
    emit(PreviewJudged{id(), run_->step_count(), run_->judge_preview(images)});
    preview_seconds_ += seconds_since(begin);
    run_->save_preview(images, preview_seconds_);
    return false;
}

void TrainJob::report_progress() {
    next_report_ = Clock::now() + report_interval;
    flush_or_go_on();
    TrainingProgress progress = run_->progress();
    progress.job = id();
    emit(progress);
    emit(TimestepLosses{id(), run_->trainer().state().timestep_losses});
}

Model TrainJob::model(double ema_length) const {
    const TrainingState& state = run_->trainer().state();
    const torch::Tensor weights =
        ema_length == 0
            ? state.ema.to(torch::kCPU, false, /*copy=*/true)
            : ema_of_length(ema_length, state.step, on_processor(state).tracked_emas, run_->folder());
    return {run_->header(), state.step, weights, state.timestep_losses};
}

void TrainJob::require_open(const char* what) const {
    if (!run_) throw Error{what, "no run is open for training", "Start or resume one"};
    if (diverged_)
        throw Error{what,
                    run_->trainer().is_torn() ? "the last step failed while it changed the weights"
                                              : "the loss of the open run is not a number",
                    "Resume the run, which goes on from its last checkpoint"};
}

void TrainJob::pause() {
    if (!training()) return;
    training_ = false;
    run_->stop_clock();
    save_or_report();
    report_progress();
}

void TrainJob::continue_training() {
    closing_.reset();
    if (run_->budget_used()) {  // the last save failed
        stop(true);
        return;
    }
    if (diverged_) {
        const std::vector<SettingChange> slower = run_->rewind();
        diverged_ = false;
        report_if_it_fails([&] { run_->record(slower); });  // it applies all the same
        emit(Notice{id(), "Training resumes from step " + std::to_string(run_->step_count()) +
                              (slower.empty() ? "" : " with half the learning rate")});
        emit_opened();
    }
    report_if_it_fails([this] { run_->set_status(RunStatus::running); });
    run_->start_clock();
    training_ = true;
}

void TrainJob::single_step() {
    require_open("Cannot do a step");
    closing_.reset();
    if (!training_) run_->start_clock();
    training_ = step_once_ = true;
}

void TrainJob::save() {
    require_open("Cannot save a checkpoint");
    save_or_report();
}

void TrainJob::change(const RunConfig& config) {
    const std::vector<SettingChange> changes = run_->change(config);
    if (changes.empty()) return;
    report_if_it_fails([&] { run_->record(changes); });  // the settings apply all the same
    emit(RunChanged{id(), run_->config(), changes});
}

void TrainJob::write_state(bool checkpoint) {
    try {
        if (checkpoint && run_->unsaved()) {
            CheckpointSaved saved = run_->save();
            saved.job = id();
            emit(std::move(saved));
        }
        run_->flush_metrics();
    } catch (const std::exception& exception) {  // of LibTorch or std::bad_alloc; Error is none
        throw cannot_save(run_->folder(), exception);
    }
}

void TrainJob::save_or_report() {
    try {
        write_state(true);
    } catch (const Error& error) {
        if (run_->unsaved()) run_->postpone_save();  // otherwise only the metrics are missing
        emit(Problem{id(), error});  // training continues, because its state is still in memory
    }
}

bool TrainJob::stop(bool save) {
    return !run_ || close(run_->budget_used(), save && !diverged_);
}

bool TrainJob::close(bool completed, bool save) {
    training_ = step_once_ = false;
    preview_.reset();
    closing_.reset();
    if (save) {
        try {
            write_state(true);
            run_->set_status(completed ? RunStatus::finished : RunStatus::stopped);
        } catch (const Error&) {
            closing_ = {completed, 1, Clock::now() + save_interval};
            set_stopped();
            return false;
        }
    } else {
        flush_or_go_on();
        set_stopped();
    }
    end_run(completed && !run_->unsaved());
    return true;
}

void TrainJob::close_again() {
    Closing closing = *closing_;
    closing_.reset();
    try {
        write_state(true);
        run_->set_status(closing.completed ? RunStatus::finished : RunStatus::stopped);
    } catch (const Error& error) {
        if (++closing.attempts == save_attempts)
            return emit(Problem{id(), not_saved(error, run_->step_count(), run_->saved_step())});
        closing.next = Clock::now() + save_interval;
        closing_ = closing;
        return;
    }
    end_run(closing.completed);
}

void TrainJob::end_run(bool completed) {
    ended_ = true;
    emit(TrainingEnded{id(), run_->folder(), run_->step_count(), completed});
}

void TrainJob::flush_or_go_on() {
    try {
        run_->flush_metrics();
    } catch (const Error&) {
        // A full disk is reported by the next save, and the metrics are kept.
    }
}

void TrainJob::set_stopped() {
    try {
        run_->set_status(RunStatus::stopped);
    } catch (const Error&) {
        // It is reported with the checkpoint, and the run can be resumed all the same.
    }
}

}  // namespace denoise
