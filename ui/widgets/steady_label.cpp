#include "ui/widgets/steady_label.h"

#include <QHelpEvent>
#include <QPainter>
#include <QStyle>
#include <QStyleOption>
#include <QToolTip>
#include <utility>

namespace denoise::ui {
namespace {

constexpr int least_width = 24;
constexpr int air = 4;

}  // namespace

ElidedLabel::ElidedLabel(QWidget* parent) : QLabel(parent) {
    setTextFormat(Qt::PlainText);
}

bool ElidedLabel::is_elided() const {
    return fontMetrics().horizontalAdvance(text()) > contentsRect().width();
}

QSize ElidedLabel::minimumSizeHint() const {
    return {std::min(least_width, sizeHint().width()), QLabel::minimumSizeHint().height()};
}

bool ElidedLabel::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || !is_elided()) return QLabel::event(event);
    const QString words = toolTip().isEmpty() ? text() : text() + QStringLiteral("\n") + toolTip();
    QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), words, this);
    return true;
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    QStyleOption option;
    option.initFrom(this);
    style()->drawItemText(
        &painter, contentsRect(), static_cast<int>(alignment()), option.palette, isEnabled(),
        fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width()), foregroundRole());
}

SteadyLabel::SteadyLabel(QString widest, QWidget* parent) : ElidedLabel(parent), widest_(std::move(widest)) {}

QSize SteadyLabel::sizeHint() const {
    return {fontMetrics().horizontalAdvance(widest_) + air, QLabel::sizeHint().height()};
}

}  // namespace denoise::ui
