#pragma once

#include <QLabel>
#include <QProgressBar>
#include <QWidget>

#include "ui/window/action_rules.h"

namespace denoise::ui {

class EngineLink;
class Theme;

/// The contents of the status bar: state, step, time left, speed and memory. Each field has a fixed width, so
/// that the others stay in place when its text changes.
class StatusLine : public QWidget {
    Q_OBJECT
  public:
    StatusLine(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    void show_situation(const Situation& now);

  private:
    void show_state();
    void show_preparation(const JobProgress& progress);
    void show_progress(const TrainingProgress& progress);
    void reset();
    QLabel* add_field(const QString& widest, const QString& name);

    EngineLink& link_;
    const Theme& theme_;
    Situation situation_;
    QLabel *icon_ = nullptr, *state_ = nullptr, *step_ = nullptr, *left_ = nullptr, *speed_ = nullptr,
           *memory_ = nullptr;
    QProgressBar* bar_ = nullptr;
};

}  // namespace denoise::ui
