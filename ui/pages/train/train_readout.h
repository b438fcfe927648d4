#pragma once

#include <QPointF>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "ui/widgets/flow_layout.h"

class QLabel;

namespace denoise::ui {

class Theme;
class TrainingHistory;

/// The numbers of one step of a training: its loss, learning rate, gradient norm and held-out loss.
class TrainReadout : public FlowLayout {
    Q_OBJECT
  public:
    explicit TrainReadout(const Theme& theme);

    /// The mean loss over loss_window steps, by step.
    void set_mean_loss(std::vector<QPointF> mean_loss) { mean_loss_ = std::move(mean_loss); }
    void set_held_out_visible(bool visible);
    /// Shows the step that is nearest to `cursor`, or the last one.
    void show_step(const TrainingHistory& history, std::optional<double> cursor);

  private:
    enum Number { step, loss, learning_rate, gradient, held_out, numbers };

    double mean_loss_at(std::int64_t up_to) const;

    std::array<QLabel*, numbers> labels_{};
    std::vector<QPointF> mean_loss_;
};

}  // namespace denoise::ui
