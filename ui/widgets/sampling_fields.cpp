#include "ui/widgets/sampling_fields.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QDoubleSpinBox>
#include <QSpinBox>

#include "engine/session/commands.h"
#include "engine/session/samplers.h"
#include "ui/theme/theme.h"
#include "ui/widgets/elided_combo_box.h"

namespace denoise::ui {

QComboBox* make_sampler_box() {
    // The names differ at their ends: DPM-Solver++ 2M and DPM-Solver++ 2M SDE.
    auto* box = new ElidedComboBox(Qt::ElideMiddle);
    for (const Solver& solver : solvers()) {
        box->addItem(QString::fromUtf8(solver.title), QString::fromUtf8(solver.name));
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

}  // namespace denoise::ui
