#pragma once

#include <QPointF>
#include <vector>

#include "engine/session/events.h"

namespace denoise::ui {

/// Everything that the charts of the Train page draw: the steps of the open run in order.
class TrainingHistory {
  public:
    void clear();
    void add(
        const std::vector<StepMetrics>& steps);  ///< a step that is not newer replaces the rest (resumed)

    const std::vector<StepMetrics>& steps() const { return steps_; }
    /// The step nearest to `step`; null when there is none.
    const StepMetrics* nearest(double step) const;

    std::vector<QPointF> loss() const;
    std::vector<QPointF> learning_rate() const;
    std::vector<QPointF> gradient_norm() const;
    /// The loss averaged over about `width` steps with exponentially falling weights; the start is not pulled
    /// to zero. NaN and infinite losses are passed over.
    std::vector<QPointF> smoothed_loss(double width) const;

  private:
    std::vector<StepMetrics> steps_;
};

}  // namespace denoise::ui
