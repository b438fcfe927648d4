#include "ui/window/event_log.h"

#include "ui/link/engine_link.h"
#include "ui/panels/runs/log_panel.h"
#include "ui/paths/dropped_path.h"
#include "ui/text/format.h"
#include "ui/window/message_bar.h"

namespace denoise::ui {

EventLog::EventLog(EngineLink& link, LogPanel& log, MessageBar& messages, QObject* parent)
    : QObject(parent), log_(log), messages_(messages) {
    connect(&link, &EngineLink::failed, this, &EventLog::report_error);
    connect(&link, &EngineLink::notice, this, &EventLog::report);
    connect(&link, &EngineLink::dataset_ready, this, &EventLog::log_dataset);
    connect(&link, &EngineLink::run_opened, this, [this, &link](const RunOpened& run) {
        log_run(run, run.folder.empty() ? link.model_path() : run.folder);
    });
    connect(&link, &EngineLink::checkpoint_saved, this, &EventLog::log_checkpoint);
    connect(&link, &EngineLink::run_changed, this, &EventLog::report_changes);
    connect(&link, &EngineLink::training_ended, this, &EventLog::report_end_of_training);
    connect(&link, &EngineLink::sample_started, this, &EventLog::log_speeds);
    connect(&link, &EngineLink::sample_result, this, &EventLog::log_samples);
    connect(&link, &EngineLink::model_converted, this, [this](const ModelConverted& converted) {
        report(tr("The model was exported to %1.").arg(text_of(converted.path.string())));
    });

    connect(&link, &EngineLink::job_progress, this, [this](const JobProgress& progress) {
        doing_[progress.job] = progress.doing.empty() ? tr("loading") : text_of(progress.doing);
    });
    connect(&link, &EngineLink::job_ended, this, &EventLog::log_cancelled);
}

void EventLog::report(const QString& text) {
    messages_.show_notice(text);
    log_.add(text);
}

void EventLog::report_error(const Error& error) {
    messages_.show_error(error);
    log_.add(text_of(one_line(error)));
}

void EventLog::log_dataset(const DatasetReady& dataset) {
    doing_.erase(dataset.job);
    log_.add(tr("Dataset “%1”, %2 images").arg(text_of(dataset.name), count_text(dataset.count)));
}

void EventLog::log_run(const RunOpened& run, const std::filesystem::path& path) {
    doing_.erase(run.job);
    log_.add((run.folder.empty() ? tr("Model %1 at step %2") : tr("Run %1 at step %2"))
                 .arg(text_of(path.string()), count_text(run.step)));
    if (!run.execution.empty()) log_.add(tr("Training with %1").arg(text_of(run.execution)));
}

void EventLog::log_checkpoint(const CheckpointSaved& checkpoint) {
    log_.add(
        tr("Checkpoint at step %1: %2").arg(count_text(checkpoint.step), text_of(checkpoint.path.string())));
}

void EventLog::report_end_of_training(const TrainingEnded& end) {
    report(end.completed ? tr("Training finished at step %1.").arg(count_text(end.step))
                         : tr("Training stopped at step %1.").arg(count_text(end.step)));
}

void EventLog::report_changes(const RunChanged& event) {
    for (const SettingChange& change : event.changes)
        report(tr("From step %1 on: %2").arg(count_text(change.step + 1), text_of(describe(change))));
}

/// When they are used for the first time, and when another model is computed differently.
void EventLog::log_speeds(const SampleStarted& start) {
    if (start.speeds.empty() || start.speeds == speeds_) return;
    speeds_ = start.speeds;
    log_.add(tr("Sampling with %1").arg(text_of(speeds_)));
}

void EventLog::log_samples(const SampleResult& result) {
    log_.add(tr("%n image(s) sampled in %1", nullptr, static_cast<int>(result.images.count))
                 .arg(duration_text(result.seconds)));
}

void EventLog::log_cancelled(const JobEnded& end) {
    const auto found = doing_.find(end.job);
    if (found == doing_.end()) return;
    if (end.outcome == Outcome::cancelled) log_.add(tr("Cancelled: %1").arg(found->second));
    doing_.erase(found);
}

}  // namespace denoise::ui
