#pragma once

#include <QObject>
#include <QTimer>

#include "engine/session/events.h"

namespace denoise::ui {

class ConfigEditor;
class EngineLink;

/// Keeps the settings in Setup and those of the open run in agreement. While a run is open for training,
/// Setup shows its settings, and a change of one that is not fixed is passed on to it.
class RunSettings : public QObject {
    Q_OBJECT
  public:
    RunSettings(EngineLink& link, ConfigEditor& editor, QObject* parent = nullptr);

    /// Whether a run is open for training, so that most settings cannot be changed.
    bool are_locked() const { return locked_; }
    /// Whether Setup shows the settings of the open run, apart from those that can change during a training.
    bool are_of_run() const;
    /// Whether the open run is closed for training and has budget left: its own, or a larger one in Setup.
    bool can_resume() const;
    /// Whether the budget of the open run is used up.
    bool is_run_finished() const;
    /// The budget of the open run in words: "10 min", "2,000 steps".
    QString run_budget() const;
    /// Doubles the budget of the open run, which is finished, and asks for it to be continued.
    void extend();
    /// Copies the settings of the open run.
    void use_run();
    /// The settings are for a new run from now on, although they may be the same.
    void detach();
    /// While a run is open for training: the settings are for the next run from now on, so that none is
    /// fixed.
    void set_up_next();
    /// The end of it: shows the settings of the open run again.
    void return_to_run();
    /// Whether a run is open for training, and the settings are for another one.
    bool are_for_next_run() const;
    /// Whether a run that is opened for training leaves the settings alone, unless they are its own, or those
    /// of the run before it.
    void keep_for_next_run(bool keep) { keeps_ = keep; }
    /// Passes changes on to the run now. Otherwise this happens shortly after the last change.
    void apply();

  Q_SIGNALS:
    void changed();  ///< what the functions return may have changed
    void continue_wanted();

  private:
    void adopt(const RunOpened& run);
    void set_locked(bool locked);

    EngineLink& link_;
    ConfigEditor& editor_;
    QTimer apply_timer_;  ///< so that not every key that is typed changes the run
    bool locked_ = false;
    bool detached_ = false;
    bool keeps_ = false;
    bool follows_ =
        false;  ///< Setup shows the settings of the last run that was trained, and no others since
};

}  // namespace denoise::ui
