#pragma once

#include <QLabel>
#include <QTimer>

#include "engine/session/events.h"

namespace denoise::ui {

class ConfigEditor;
class EngineLink;
class Theme;

/// Tells what to expect of a training with the current settings: steps, speed, memory and quality. Hidden
/// without a dataset, and if the settings are not compatible.
class ForecastLabel : public QLabel {
    Q_OBJECT
  public:
    ForecastLabel(EngineLink& link, ConfigEditor& editor, const Theme& theme, QWidget* parent = nullptr);

  private:
    void ask();
    void show_forecast(const TrainingForecast& forecast);

    EngineLink& link_;
    ConfigEditor& editor_;
    JobId asked_ = 0;
    QTimer timer_;  ///< so that typing a number asks only once
};

/// For example "About 8,200 steps in 10 min, at 440 images/s, with 300 MB of memory. Samples are usually
/// clear, with some flaws."
/// `exact_steps`: the budget is a number of steps.
QString describe_forecast(const TrainingForecast& forecast, bool exact_steps = false);

}  // namespace denoise::ui
