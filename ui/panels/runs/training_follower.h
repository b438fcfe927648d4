#pragma once

#include <QObject>
#include <QTimer>
#include <optional>
#include <vector>

#include "engine/session/events.h"
#include "ui/panels/runs/runs_model.h"

namespace denoise::ui {

class EngineLink;

/// Follows the run in training by the events of the engine, so that no file has to be read again.
class TrainingFollower : public QObject {
    Q_OBJECT
  public:
    explicit TrainingFollower(EngineLink& link, QObject* parent = nullptr);

    /// Empty: no run is open for training.
    const std::optional<LiveRun>& live() const { return live_; }
    /// Its steps: those before it was opened are thinned.
    const std::vector<StepMetrics>& steps() const { return steps_; }

  Q_SIGNALS:
    void advanced();             ///< at most twice a second
    void ended(bool completed);  ///< live() is empty now

  private:
    void take_up(const RunOpened& run);
    void add(const std::vector<StepMetrics>& steps);
    void update();

    EngineLink& link_;
    std::optional<LiveRun> live_;
    std::vector<StepMetrics> steps_;
    QTimer timer_;
};

}  // namespace denoise::ui
