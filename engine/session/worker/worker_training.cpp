// Worker: the commands and the course of a training.

#include <algorithm>

#include "engine/session/runs.h"
#include "engine/session/worker/worker.h"

namespace denoise {

using std::chrono::milliseconds;

void Worker::begin_training(TrainingRun run) {
    run_.emplace(std::move(run));
    model_.reset();
    diverged_ = false;
    failed_ = false;
    training_ = true;
    const int own = run_->header().config.training.threads;
    use_threads(own > 0 ? own : options_.threads);
    emit(run_->opened());
    update_state();
}

void Worker::handle(const StartTraining& command) {
    if (run_)
        throw Error{"Cannot start another run", "one is open for training: " + run_->folder().string(),
                    "Stop it first"};
    with_dataset(command.config.dataset, [this, command] {
        const auto folder =
            command.folder.empty() ? new_run_folder(default_runs_folder(), dataset_->name) : command.folder;
        begin_training(TrainingRun::start(command.config, dataset_, folder));
    });
}

void Worker::handle(const ResumeTraining& command) {
    if (run_)
        throw Error{"Cannot resume a run", "another is open for training: " + run_->folder().string(),
                    "Stop it first"};
    const RunHeader header = read_run_header(command.folder);
    with_dataset(header.config.dataset, [this, command] {
        RunFolder folder = RunFolder::open(command.folder);
        std::vector<Error> passed_over;
        Checkpoint checkpoint = load_newest_checkpoint(command.folder, &passed_over);
        for (const Error& error : passed_over)
            emit(Notice{"A damaged checkpoint was passed over: " + error.why});
        if (dataset_->fingerprint != checkpoint.header.dataset_fingerprint)
            emit(Notice{
                "The dataset has changed since this run began; it goes on with the images as they are now"});
        begin_training(TrainingRun::resume(std::move(folder), std::move(checkpoint), dataset_, command));
    });
}

void Worker::handle(const PauseTraining&) {
    if (!training_now()) return;
    training_ = false;
    save_run();
    report_progress();
}

void Worker::handle(const ContinueTraining&) {
    if (!run_) throw Error{"Cannot continue", "no run is open for training", "Start or resume one"};
    if (run_->budget_used()) return end_training(true, true);  // its last save failed before
    if (diverged_) {
        run_->rewind();
        diverged_ = false;
        emit(Notice{"Training goes on from step " + std::to_string(run_->trainer().steps_done()) +
                    " with half the learning rate"});
        emit(run_->opened());
    }
    run_->set_status(RunStatus::running);
    failed_ = false;
    training_ = true;
}

void Worker::handle(const StepTraining&) {
    if (!run_ || diverged_)
        throw Error{"Cannot do a step", "no run is open for training", "Start or resume one"};
    ++single_steps_;
    training_ = true;
}

void Worker::handle(const StopTraining&) {
    after_loading_ = {};
    if (run_) end_training(false, !diverged_);
}

void Worker::handle(const DiscardTraining&) {
    after_loading_ = {};
    if (run_) end_training(false, false);
}

void Worker::handle(const SaveCheckpoint&) {
    if (!run_ || diverged_)
        throw Error{"Cannot save a checkpoint", "no run is open for training", "Start or resume one"};
    save_run();
}

void Worker::save_run() {
    try {
        if (run_->unsaved()) emit(run_->save());
        run_->flush_metrics();
    } catch (const Error& error) {
        run_->postpone_save();
        emit(Failed{error});  // training goes on: what it has learned is still in memory
    }
}

void Worker::end_training(bool completed, bool save) {
    training_ = false;
    single_steps_ = 0;
    try {
        if (save && run_->unsaved()) emit(run_->save());
        run_->flush_metrics();
        run_->set_status(completed ? RunStatus::finished : RunStatus::stopped);
    } catch (const Error&) {
        // The disk does not take it: the run stays open, paused, so that nothing that was learned is lost.
        if (save) throw;
    }
    const TrainerState& state = run_->trainer().state();
    const TrainingEnded ended{run_->folder(), state.step, completed};
    model_.emplace();
    model_->header = run_->header();
    model_->state.step = state.step;
    model_->state.ema = state.ema.clone();
    diverged_ = false;
    run_.reset();
    emit(ended);
    update_state();
}

void Worker::training_step() {
    guarded([this] {
        StepMetrics metrics;
        const TrainStep result = run_->step(metrics);
        emit(MetricsBatch{{metrics}});
        if (!result.finite) {
            training_ = false;
            diverged_ = true;
            single_steps_ = 0;
            run_->flush_metrics();
            run_->set_status(RunStatus::stopped);
            throw Error{"Training has paused: the loss is not a number any more",
                        "step " + std::to_string(metrics.step) + " at learning rate " +
                            format_setting(metrics.learning_rate) +
                            " gave NaN or infinity; the weights before it and the last checkpoint are intact",
                        "Continue to go back to the last checkpoint with half the learning rate, or stop"};
        }
        if (run_->budget_used()) {
            report_progress();
            draw_preview();
            end_training(true, true);
            return;
        }
        if (single_steps_ > 0 && --single_steps_ == 0) training_ = false;
        if (Clock::now() >= next_report_) report_progress();
        if (run_->save_due()) save_run();
        if (training_ && run_->preview_due()) draw_preview();
    });
}

void Worker::report_progress() {
    next_report_ = Clock::now() + milliseconds(200);
    try {
        run_->flush_metrics();
    } catch (const Error&) {
        // The next save reports a full disk, with more to say about it.
    }
    emit(run_->progress());
    emit(TimestepLosses{run_->trainer().timestep_losses()});
}

void Worker::draw_preview() {
    if (job_running_) return;
    const SampleRequest request{.sampler = SamplerKind::ddim,
                                .count = 16,
                                .steps = std::min(20, run_->header().config.schedule.timesteps),
                                .frames = false};
    const auto begin = Clock::now();
    SamplingModel model = current_model();
    const ImageBatch images = to_images(draw_samples(model, request, {}, closing_));
    emit(PreviewReady{run_->trainer().steps_done(), images});
    run_->save_preview(images, std::chrono::duration<double>(Clock::now() - begin).count());
}

}  // namespace denoise
