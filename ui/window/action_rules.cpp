#include "ui/window/action_rules.h"

#include <QCoreApplication>

namespace denoise::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("ActionRules", text);
}

/// A run is open and waits to be continued.
bool can_continue(const Situation& now) {
    return now.state == EngineState::paused || now.state == EngineState::diverged;
}

QString when(bool holds, const QString& reason) {
    return holds ? reason : QString();
}

}  // namespace

bool has_run_to_resume(const Situation& now) {
    return can_continue(now) || now.can_resume;
}

QString reason_against(const std::vector<Obstacle>& obstacles, const Situation& situation) {
    for (const Obstacle obstacle : obstacles)
        if (QString reason = obstacle(situation); !reason.isEmpty()) return reason;
    return {};
}

namespace obstacle {

QString closing(const Situation& now) {
    return when(now.is_closing, tr("The run is being saved before the window closes."));
}

QString no_dataset(const Situation& now) {
    return when(now.state == EngineState::empty, tr("Choose a dataset first."));
}

QString bad_settings(const Situation& now) {
    return now.settings_problem;
}

QString bad_settings_to_resume(const Situation& now) {
    return when(!can_continue(now), now.settings_problem);
}

QString no_model(const Situation& now) {
    return when(!now.has_model, tr("Train a model or open a run first."));
}

QString nothing_to_sample(const Situation& now) {
    if (!now.listed_model.isEmpty()) return {};
    if (now.shows_comparison) return now.comparison_problem;
    if (now.shows_noise) return when(!now.page_can_play, tr("Open a picture first."));
    return when(!now.can_sample_example, no_model(now));
}

QString no_example(const Situation& now) {
    return when(!now.has_example, tr("The file of the example was not installed."));
}

QString loading(const Situation& now) {
    return when(now.state == EngineState::preparing, tr("Wait until loading has finished."));
}

QString sampling(const Situation& now) {
    return when(now.state == EngineState::sampling,
                now.is_evaluating ? tr("The model is being evaluated.") : tr("Sampling is in progress."));
}

QString already_sampling(const Situation& now) {
    return when(now.is_sampling, tr("Sampling is in progress."));
}

QString training(const Situation& now) {
    return when(now.state == EngineState::training, tr("A run is already being trained."));
}

QString training_not_paused(const Situation& now) {
    return when(now.state == EngineState::training, tr("Pause training first."));
}

QString already_paused(const Situation& now) {
    return when(now.state == EngineState::paused, tr("Training is already paused."));
}

QString diverged(const Situation& now) {
    return when(now.state == EngineState::diverged,
                tr("The loss is no longer a number. Resume from the last checkpoint."));
}

QString no_run(const Situation& now) {
    return when(!can_continue(now) && now.state != EngineState::training, tr("No run is open for training."));
}

QString run_paused(const Situation& now) {
    return when(can_continue(now), tr("Stop or resume the open run first."));
}

QString nothing_to_resume(const Situation& now) {
    return when(!has_run_to_resume(now), tr("No run is paused or stopped."));
}

QString run_open(const Situation& now) {
    return when(can_continue(now) || now.state == EngineState::training,
                tr("The settings of an open run are fixed. Stop the run first."));
}

QString watching(const Situation& now) {
    return when(now.is_watching, tr("This window watches a run that another program trains. To train here, "
                                    "stop watching first."));
}

QString trained_elsewhere(const Situation& now) {
    return when(now.is_trained_elsewhere, tr("Another program trains this run."));
}

QString nothing_to_watch(const Situation& now) {
    if (now.has_watch) return tr("The open run is already watched.");
    return when(!now.can_watch, now.state == EngineState::training || can_continue(now)
                                    ? tr("The open run is trained in this window.")
                                    : tr("Open a run first."));
}

QString no_watch(const Situation& now) {
    return when(!now.has_watch, tr("No run is watched."));
}

QString nothing_to_stop(const Situation& now) {
    const bool at_rest =
        now.state == EngineState::empty || now.state == EngineState::idle || now.state == EngineState::error;
    return when(at_rest, tr("There is nothing to stop."));
}

QString queue_locked(const Situation& now) {
    return now.queue_obstacle;
}

QString nothing_to_undo(const Situation& now) {
    return when(!now.can_undo, tr("There is nothing to undo."));
}

QString nothing_to_redo(const Situation& now) {
    return when(!now.can_redo, tr("There is nothing to redo."));
}

QString nothing_to_play(const Situation& now) {
    return when(!now.page_can_play, tr("The current page has nothing to play."));
}

QString no_frames(const Situation& now) {
    return when(!now.page_can_step, tr("The current page has no frames."));
}

QString nothing_to_export(const Situation& now) {
    return when(!now.can_export_pictures && now.listed_model.isEmpty(),
                tr("This page shows nothing to export yet."));
}

}  // namespace obstacle

}  // namespace denoise::ui
