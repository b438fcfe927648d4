#pragma once

#include <QPointF>
#include <vector>

#include "engine/session/events.h"

namespace denoise::ui {

/// The training steps of the open run in order, for the charts of the Train page.
class TrainingHistory {
  public:
    void clear();
    /// Steps from the first of `steps` on are replaced: a resumed run repeats them.
    void add(const std::vector<StepMetrics>& steps);

    const std::vector<StepMetrics>& steps() const { return steps_; }
    /// The step nearest to `step`; null if there are no steps.
    const StepMetrics* nearest(double step) const;

    std::vector<QPointF> loss() const;
    std::vector<QPointF> learning_rate() const;
    std::vector<QPointF> gradient_norm() const;
    /// The mean loss over the last `width` steps, see mean_losses().
    std::vector<QPointF> mean_loss(int width) const;

  private:
    std::vector<StepMetrics> steps_;
};

}  // namespace denoise::ui
