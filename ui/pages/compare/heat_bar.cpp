#include "ui/pages/compare/heat_bar.h"

#include <QFontMetrics>
#include <QPainter>

#include "ui/plot/heat_map.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int bar_height = space::control;
constexpr int stops = 8;

}  // namespace

HeatBar::HeatBar(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Scale of the difference"));
    connect(&theme_, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void HeatBar::set_largest(int largest) {
    if (largest == largest_) return;
    largest_ = largest;
    setAccessibleDescription(tr("From 0 to %1 of 255").arg(largest));
    update();
}

QSize HeatBar::sizeHint() const {
    return {6 * space::target, QFontMetrics(theme_.caption()).height()};
}

QSize HeatBar::minimumSizeHint() const {
    return {3 * space::target, sizeHint().height()};
}

void HeatBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QFontMetrics metrics(theme_.caption());
    const QString last = tr("%1 of 255").arg(largest_);
    // Room for the widest number, so that the bar does not change its length.
    const int right = metrics.horizontalAdvance(tr("%1 of 255").arg(255)) + space::tight;
    const int left = metrics.horizontalAdvance(QStringLiteral("0")) + space::tight;
    const QRect bar(left, (height() - bar_height) / 2, width() - left - right, bar_height);
    QLinearGradient gradient(bar.topLeft(), bar.topRight());
    for (int i = 0; i <= stops; ++i) gradient.setColorAt(1.0 * i / stops, heat_colour(1.0 * i / stops));
    painter.fillRect(bar, gradient);
    painter.setFont(theme_.caption());
    painter.setPen(theme_.colour(Colour::muted));
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("0"));
    painter.drawText(QRect(bar.right() + 1 + space::tight, 0, right, height()),
                     Qt::AlignLeft | Qt::AlignVCenter, last);
}

}  // namespace denoise::ui
