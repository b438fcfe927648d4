#pragma once

#include <QLabel>
#include <QProgressBar>
#include <QWidget>

#include "engine/session/events.h"

namespace denoise::ui {

class EngineLink;
class Theme;

/// The status bar's contents: state, step of total, time left, images a second, memory; each of one width,
/// so that nothing jumps.
class StatusLine : public QWidget {
    Q_OBJECT
  public:
    StatusLine(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// In place of the state: "Saving before closing".
    void set_override(const QString& text);

  private:
    void show_state(EngineState state);
    void show_progress(const TrainingProgress& progress);
    void reset();
    QLabel* add_field(const QString& widest, const QString& name);

    EngineLink& link_;
    const Theme& theme_;
    QLabel *icon_ = nullptr, *state_ = nullptr, *step_ = nullptr, *left_ = nullptr, *speed_ = nullptr,
           *memory_ = nullptr;
    QProgressBar* bar_ = nullptr;
    QString override_;
};

}  // namespace denoise::ui
