#include "ui/pages/train/held_out_legend.h"

#include <QHBoxLayout>
#include <QLabel>

#include "ui/theme/theme.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/line_swatch.h"

namespace denoise::ui {

HeldOutLegend::HeldOutLegend(const Theme& theme, QWidget* parent) : QWidget(parent) {
    setObjectName("held_out_legend");
    auto* entries = new FlowLayout(space::group, 0);
    entries->setContentsMargins(space::control, 0, 0, space::tight);
    setLayout(entries);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    const auto add = [&](int colour, const QString& text) {
        auto* entry = new QWidget(this);
        auto* row = new QHBoxLayout(entry);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(space::control);
        row->addWidget(new LineSwatch(theme, colour, entry));
        auto* label = new QLabel(text, entry);
        label->setFont(theme.caption());
        label->setProperty("role", "caption");
        row->addWidget(label);
        entries->addWidget(entry);
    };
    add(held_out_colour, tr("Held-out loss: images the model has never seen"));
    add(seen_colour, tr("Training images, with the same noise"));
    setToolTip(tr(
        "Both are losses of the averaged weights (EMA), always measured with the same images, timesteps and "
        "noise. While both fall, the model learns what the images have in common. If the held-out loss "
        "rises and the other one falls, it learns its training images by heart."));
}

}  // namespace denoise::ui
