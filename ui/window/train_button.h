#pragma once

#include <QKeySequence>
#include <QToolButton>

namespace denoise::ui {

class Theme;
struct Situation;
class WindowActions;

/// The filled button of the tool bar. It shows one of Train, Pause and Continue, all of the same size, and
/// the action that it shows has the shortcuts.
class TrainButton : public QToolButton {
    Q_OBJECT
  public:
    TrainButton(const WindowActions& actions, const Theme& theme, QWidget* parent = nullptr);

    void show_situation(const Situation& now);

  private:
    void show_action(QAction* action);

    QAction *train_, *pause_, *resume_;
    const QString resume_text_;  ///< unless it resumes a finished run with a larger budget
    const QList<QKeySequence> train_keys_, pause_keys_;  ///< Resume has both while it is shown
};

}  // namespace denoise::ui
