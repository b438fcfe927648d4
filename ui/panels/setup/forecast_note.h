#pragma once

#include <QTimer>
#include <QWidget>

#include "engine/session/events.h"

class QLabel;
class QToolButton;

namespace denoise::ui {

class ConfigEditor;
class EngineLink;
class Theme;

/// Tells what to expect of a training with the current settings: in short, and with all details if a person
/// wants them, which is remembered. Hidden without a dataset, and if the settings are not compatible.
class ForecastNote : public QWidget {
    Q_OBJECT
  public:
    ForecastNote(EngineLink& link, ConfigEditor& editor, const Theme& theme, QWidget* parent = nullptr);

  private:
    void ask();
    void show_forecast(const TrainingForecast& forecast);
    void show_text();

    EngineLink& link_;
    ConfigEditor& editor_;
    QLabel* text_;
    QToolButton* details_;
    QString brief_, whole_;
    JobId asked_ = 0;
    QTimer timer_;  ///< so that typing a number asks only once
};

/// In short, for example "In 10 min, you can expect clear samples, with some flaws." and, in another line,
/// "About 8,200 steps in 10 min, at 440 images/s."
/// `exact_steps`: the budget is a number of steps.
QString brief_forecast(const TrainingForecast& forecast, bool exact_steps = false);
/// The same with the memory, what was measured, and what to expect of other budgets.
QString describe_forecast(const TrainingForecast& forecast, bool exact_steps = false);

}  // namespace denoise::ui
