#pragma once

#include <QString>
#include <vector>

#include "engine/session/events.h"

namespace denoise::ui {

/// Everything that decides whether a command of the window is allowed.
struct Situation {
    EngineState state = EngineState::empty;
    bool has_model = false;  ///< a run or another model is open
    bool is_evaluating = false;
    bool error_is_shown = false;    ///< it has not been dismissed yet
    bool is_sampling = false;       ///< also beside a training
    bool is_closing = false;        ///< the window closes as soon as the run has been saved
    QString settings_problem = {};  ///< why the settings cannot be used for training; empty: they can
    bool can_resume = false;        ///< Setup shows the open run, which has budget left
    bool extends_run = false;       ///< its own is used up, and Setup has a larger one
    bool can_undo = false, can_redo = false;
    bool page_can_play = false, page_can_step = false;  ///< the current page
    bool can_export_pictures = false;
    QString listed_model = {};  ///< selected in the list of runs while that is in front; empty: a page is
    bool has_example = false;   ///< its file was installed
    bool can_sample_example = false;    ///< the example is shown
    bool shows_noise = false;           ///< the page Noise, which samples noise only
    bool shows_comparison = false;      ///< the page Compare, whose columns have models of their own
    QString queue_obstacle = {};        ///< why the queue cannot be changed; empty: it can
    QString comparison_problem = {};    ///< why it has nothing to sample; empty: it has
    bool can_watch = false;             ///< a run is open that is not trained here
    bool has_watch = false;             ///< it is watched, whether another program trains it or not
    bool is_watching = false;           ///< it is watched, and another program trains it
    bool is_trained_elsewhere = false;  ///< another program trains it, watched or not

    bool operator==(const Situation&) const = default;
};

/// Whether a run waits to be continued: it is paused or has diverged, or was stopped with budget left.
bool has_run_to_resume(const Situation& situation);

/// A condition in which a command is not allowed: its reason, as a tooltip shows it, or an empty text when
/// the condition is not met.
using Obstacle = QString (*)(const Situation&);

/// The reason of the first obstacle that is met; empty: the command is allowed.
QString reason_against(const std::vector<Obstacle>& obstacles, const Situation& situation);

namespace obstacle {

QString closing(const Situation&);
QString no_dataset(const Situation&);
QString bad_settings(const Situation&);
QString bad_settings_to_resume(const Situation&);  ///< not for a run that is paused
QString no_model(const Situation&);
QString nothing_to_sample(const Situation&);  ///< in what is shown: a model, the example or a comparison
QString no_example(const Situation&);
QString loading(const Situation&);
QString sampling(const Situation&);  ///< or evaluating, while no run is being trained
QString already_sampling(const Situation&);
QString training(const Situation&);
QString training_not_paused(const Situation&);
QString already_paused(const Situation&);
QString diverged(const Situation&);
QString no_run(const Situation&);             ///< none is open for training, paused or not
QString run_paused(const Situation&);         ///< one could continue, also after it has diverged
QString nothing_to_resume(const Situation&);  ///< none could be resumed
QString run_open(const Situation&);           ///< for training, paused or not
QString watching(const Situation&);           ///< another program trains the open run, which is watched
QString trained_elsewhere(const Situation&);  ///< the same, watched or not
QString nothing_to_watch(const Situation&);
QString no_watch(const Situation&);
QString nothing_to_stop(const Situation&);
QString queue_locked(const Situation&);
QString nothing_to_undo(const Situation&);
QString nothing_to_redo(const Situation&);
QString nothing_to_play(const Situation&);
QString no_frames(const Situation&);
QString nothing_to_export(const Situation&);

}  // namespace obstacle

}  // namespace denoise::ui
