#pragma once

#include <QLabel>

#include "engine/runs/training_health.h"
#include "engine/session/events.h"

namespace denoise::ui {

class EngineLink;
class Theme;

/// A line beside the loss that says what is normal: how the loss of the open run does, and when its samples
/// usually get better. Problems stand out by their colour.
class HealthLabel : public QLabel {
    Q_OBJECT
  public:
    HealthLabel(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// For the steps of the open run so far.
    void judge(const std::vector<StepMetrics>& steps);

  private:
    QString outlook() const;
    void show_health();

    EngineLink& link_;
    const Theme& theme_;
    TrainingHealth health_;
    std::int64_t total_steps_ = 0;  ///< 0: not known yet
    double fraction_ = 0, steps_per_second_ = 0;
    bool is_judged_ = false;
};

}  // namespace denoise::ui
