#include "ui/pages/train/train_readout.h"

#include <QLabel>
#include <algorithm>
#include <cmath>

#include "ui/pages/train/training_history.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/steady_label.h"

namespace denoise::ui {

TrainReadout::TrainReadout(const Theme& theme) : FlowLayout(space::control, space::tight) {
    const std::array<QString, numbers> widest = {
        tr("Step 8,888,888"), tr("loss %1 (mean of %2)").arg("0.00000").arg(loss_window),
        tr("learning rate 0.000000"), tr("gradient 0.0000"), tr("held-out 0.00000")};
    for (std::size_t i = 0; i < labels_.size(); ++i) {
        labels_[i] = new SteadyLabel(widest[i]);
        labels_[i]->setFont(i == step ? theme.tabular() : theme.caption());
        if (i != step) labels_[i]->setProperty("role", "caption");
        addWidget(labels_[i]);
    }
}

void TrainReadout::set_held_out_visible(bool visible) {
    labels_[held_out]->setVisible(visible);
}

void TrainReadout::show_step(const TrainingHistory& history, std::optional<double> cursor) {
    const StepMetrics* at = history.steps().empty() ? nullptr
                            : cursor                ? history.nearest(*cursor)
                                                    : &history.steps().back();
    const QString dash = QStringLiteral("–");
    labels_[step]->setText(at ? tr("Step %1").arg(count_text(at->step)) : tr("Step –"));
    // The same loss as in the list of runs and on the command line, and not that of the single step.
    const std::int64_t averaged = at ? std::min(loss_window, at->step) : loss_window;
    labels_[loss]->setText(
        tr("loss %1 (mean of %2)").arg(at ? measure_text(mean_loss_at(at->step)) : dash).arg(averaged));
    labels_[learning_rate]->setText(tr("learning rate %1").arg(at ? measure_text(at->learning_rate) : dash));
    labels_[gradient]->setText(tr("gradient %1").arg(at ? measure_text(at->gradient_norm) : dash));
    const auto compared = at ? history.held_out_at(at->step) : std::nullopt;
    labels_[held_out]->setText(tr("held-out %1").arg(compared ? measure_text(compared->held_out) : dash));
    labels_[held_out]->setToolTip(compared
                                      ? tr("The loss of images the model has never seen. Of training images, "
                                           "with the same noise: %1")
                                            .arg(measure_text(compared->training))
                                      : QString());
    labels_[loss]->setToolTip(at ? tr("The mean over the last %1 steps. In step %2 alone: %3")
                                       .arg(averaged)
                                       .arg(count_text(at->step), measure_text(at->loss))
                                 : QString());
}

double TrainReadout::mean_loss_at(std::int64_t up_to) const {
    // Of the last step whose loss is a number
    const auto after = std::ranges::upper_bound(mean_loss_, static_cast<double>(up_to), {}, &QPointF::x);
    return after == mean_loss_.begin() ? std::nan("") : std::prev(after)->y();
}

}  // namespace denoise::ui
