#pragma once

#include <QPointF>
#include <optional>
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
    std::vector<QPointF> held_out_loss() const;         ///< at the steps in which it was measured
    std::vector<QPointF> training_images_loss() const;  ///< see HeldOutLosses
    std::optional<HeldOutLosses> held_out_at(std::int64_t step) const;  ///< the last ones up to this step
    /// The mean loss over the last `width` steps, see mean_losses().
    std::vector<QPointF> mean_loss(int width) const;
    /// The same over smoothing_window() steps, for the curve.
    std::vector<QPointF> smooth_loss(int width) const;

  private:
    std::vector<StepMetrics> steps_;
};

/// Over how many steps the curve averages at `step`: `width`, but at most the last third of the steps so far.
/// Otherwise it would lag behind while the loss falls quickly at the start.
std::int64_t smoothing_window(std::int64_t step, int width);

}  // namespace denoise::ui
