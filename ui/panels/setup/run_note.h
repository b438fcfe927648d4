#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace denoise::ui {

class EngineLink;
class RunSettings;
class Theme;

/// Says whether the settings below are those of the open run or of the next one, with a button for the other.
/// Hidden while no model is open.
class RunNote : public QWidget {
    Q_OBJECT
  public:
    RunNote(EngineLink& link, RunSettings& settings, const Theme& theme, QWidget* parent = nullptr);

  Q_SIGNALS:
    void new_run_wanted();  ///< with the settings of the open run

  private:
    void show_situation();
    void press();

    EngineLink& link_;
    RunSettings& settings_;
    QLabel* text_;
    QPushButton* button_;
    QPushButton* next_;  ///< beside it while a run is open for training
};

}  // namespace denoise::ui
