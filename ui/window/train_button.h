#pragma once

#include <QKeySequence>
#include <QToolButton>

#include "engine/session/events.h"

namespace denoise::ui {

class Theme;
class WindowActions;

/// The filled button of the tool bar. It shows one of Train, Pause and Continue, all of the same size, and
/// the action that it shows has the shortcuts.
class TrainButton : public QToolButton {
    Q_OBJECT
  public:
    TrainButton(const WindowActions& actions, const Theme& theme, QWidget* parent = nullptr);

    void show_state(EngineState state);

  private:
    void show_action(QAction* action);

    QAction *train_, *pause_, *continue_;
    const QList<QKeySequence> train_keys_, pause_keys_;  ///< Continue has both while it is shown
};

}  // namespace denoise::ui
