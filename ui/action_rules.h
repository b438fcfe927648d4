#pragma once

#include <QString>

#include "engine/session/events.h"

namespace denoise::ui {

/// The commands that depend on what the engine is doing.
enum class EngineAction {
    train,
    pause,
    stop,
    single_step,
    sample,
    new_run,
    save_checkpoint,
    resume,
    evaluate,
    export_model
};
inline constexpr int engine_action_count = 10;

/// All that decides whether a command can be given now.
struct Situation {
    EngineState state = EngineState::empty;
    bool has_model = false;    ///< a run or a checkpoint is open
    bool is_closing = false;   ///< the window waits for a run to be saved
    QString settings_problem;  ///< why the settings cannot be trained with; empty: they can
    bool is_evaluating = false;
};

/// Why `action` cannot be given in `situation`, as its tooltip says; empty: it can.
QString reason_against(EngineAction action, const Situation& situation);

/// A state as a person reads it in the status bar.
QString title_of(EngineState state);

}  // namespace denoise::ui
