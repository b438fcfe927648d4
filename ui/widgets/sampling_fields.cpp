#include "ui/widgets/sampling_fields.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QDoubleSpinBox>
#include <QSpinBox>
#include <algorithm>

#include "engine/runs/ema_snapshots.h"
#include "engine/session/commands.h"
#include "engine/session/samplers.h"
#include "ui/theme/theme.h"
#include "ui/widgets/elided_combo_box.h"

namespace denoise::ui {

QComboBox* make_sampler_box() {
    // The names differ at their ends: DPM-Solver++ 2M and DPM-Solver++ 2M SDE.
    auto* box = new ElidedComboBox(Qt::ElideMiddle);
    for (const Solver& solver : solvers()) {
        const QString title = QString::fromUtf8(solver.title);
        box->addItem(title, QString::fromUtf8(solver.name));
        // As other programs abbreviate it
        box->setItemData(box->count() - 1, QString(title).replace("DPM-Solver++", "DPM++"),
                         ElidedComboBox::short_text_role);
        box->setItemData(box->count() - 1, QString::fromUtf8(solver.help), Qt::ToolTipRole);
    }
    box->setCurrentIndex(box->findData(QString::fromStdString(SampleRequest{}.sampler)));
    return box;
}

std::string chosen_sampler(const QComboBox& box) {
    return box.currentData().toString().toStdString();
}

QSpinBox* make_steps_box() {
    auto* box = new QSpinBox;
    box->setRange(0, ScheduleConfig{}.timesteps);
    box->setSpecialValueText(QCoreApplication::translate("SamplingFields", "All"));
    box->setValue(SampleRequest{}.steps);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setFixedWidth(2 * space::target);
    return box;
}

QDoubleSpinBox* make_guidance_box() {
    auto* box = new QDoubleSpinBox;
    box->setRange(0, 20);
    box->setSingleStep(0.5);
    box->setDecimals(1);
    box->setValue(SampleRequest{}.guidance_scale);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setFixedWidth(2 * space::target);
    return box;
}

QDoubleSpinBox* make_ema_length_box() {
    constexpr double step = 0.01;
    auto* box = new QDoubleSpinBox;
    box->setObjectName("ema_length");
    box->setDecimals(3);
    box->setSingleStep(step);
    box->setRange(shortest_ema_length - step, longest_ema_length);
    box->setSpecialValueText(QCoreApplication::translate("SamplingFields", "Of the run"));
    box->setValue(box->minimum());
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setFixedWidth(3 * space::target);
    set_ema_length_obstacle(*box, {});
    return box;
}

double chosen_ema_length(const QDoubleSpinBox& box) {
    if (!box.isEnabled() || box.value() <= box.minimum()) return 0;
    return std::max(box.value(), shortest_ema_length);
}

void show_ema_length(QDoubleSpinBox& box, double length) {
    box.setValue(length == 0 ? box.minimum() : length);
}

void set_ema_length_obstacle(QDoubleSpinBox& box, const QString& reason) {
    box.setEnabled(reason.isEmpty());
    box.setToolTip(
        reason.isEmpty()
            ? QCoreApplication::translate(
                  "SamplingFields",
                  "The length of the average of the weights (EMA), as a fraction of the training: with a "
                  "longer one, samples are smoother; with a shorter one, they follow the last steps more "
                  "closely. \"Of the run\" is the EMA of the training, which has a length of about %1 with "
                  "an EMA horizon of 0.05 (Karras et al. 2024)")
                  .arg(ema_length_of_share(0.05), 0, 'f', 3)
            : reason);
}

}  // namespace denoise::ui
