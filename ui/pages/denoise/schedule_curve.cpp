#include "ui/pages/denoise/schedule_curve.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

/// 1, 2, 2.5 or 5 times a power of ten, so that there are at most five ticks over `span`.
int tick_step(int span) {
    const double least = std::max(1.0, span / 4.5);
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0})
        if (factor * power >= least) return static_cast<int>(factor * power);
    return static_cast<int>(10 * power);
}

/// Round timesteps of 0 .. last, and the last one. A tick that would overlap the last one is left out.
std::vector<int> ticks_up_to(int last) {
    const int step = tick_step(std::max(1, last));
    std::vector<int> ticks;
    for (int t = 0; t <= last; t += step) ticks.push_back(t);
    while (ticks.size() > 1 && last - ticks.back() < step / 2) ticks.pop_back();
    if (ticks.empty() || ticks.back() != last) ticks.push_back(last);
    return ticks;
}

}  // namespace

void ScheduleCurve::fit(const QRectF& rect, double radius) {
    const QFontMetricsF metrics(theme_.caption());
    const double side = std::max(radius, metrics.horizontalAdvance("0000") / 2) + space::tight;
    const double left = metrics.horizontalAdvance(QStringLiteral("ᾱ 1")) + radius + space::control;
    rect_ = rect;
    radius_ = radius;
    area_ = rect.adjusted(left, radius + space::tight, -side, -(metrics.height() + radius + space::tight));
}

double ScheduleCurve::x_of(double t) const {
    const double last = std::max<double>(1, static_cast<double>(alpha_bar_.size()) - 1);
    const double share = (t + 1) / (last + 1);
    return direction_ == TimeDirection::noising ? area_.left() + share * area_.width()
                                                : area_.right() - share * area_.width();
}

QPointF ScheduleCurve::point_at(int t) const {
    const double alpha_bar = t < 0 || alpha_bar_.empty()
                                 ? 1
                                 : alpha_bar_[std::min(static_cast<std::size_t>(t), alpha_bar_.size() - 1)];
    return {x_of(t), area_.bottom() - alpha_bar * area_.height()};
}

QPainterPath ScheduleCurve::path() const {
    QPainterPath path;
    const int T = static_cast<int>(alpha_bar_.size());
    // A point for every third pixel; round joins take most of the time of painting.
    const int step = std::max(1, T / std::max(1, static_cast<int>(rect_.width()) / 3));
    path.moveTo(point_at(-1));
    for (int t = 0; t < T; t += step) path.lineTo(point_at(t));
    path.lineTo(point_at(T - 1));
    return path;
}

QPainterPath ScheduleCurve::area() const {
    QPainterPath area = path();
    area.lineTo(x_of(static_cast<double>(alpha_bar_.size()) - 1), area_.bottom());
    area.lineTo(x_of(-1), area_.bottom());
    return area;
}

void ScheduleCurve::draw_axes(QPainter& painter) const {
    QColor grid = theme_.colour(Colour::line);
    painter.setPen(grid);
    painter.drawLine(area_.bottomLeft(), area_.bottomRight());
    grid.setAlphaF(0.5);
    painter.setPen(grid);
    painter.drawLine(area_.topLeft(), area_.topRight());

    painter.setFont(theme_.caption());
    const double height = QFontMetricsF(theme_.caption()).height();
    const double label_width = area_.left() - radius_ - space::tight;
    const auto label = [&](double y, const QString& text) {
        painter.drawText(QRectF(rect_.left(), y - height / 2, label_width, height),
                         Qt::AlignRight | Qt::AlignVCenter, text);
    };
    painter.setPen(theme_.colour(Colour::muted));
    label(area_.top(), QStringLiteral("ᾱ 1"));
    label(area_.bottom(), QStringLiteral("0"));
    for (const int t : ticks_up_to(static_cast<int>(alpha_bar_.size()) - 1)) draw_tick(painter, t);
}

void ScheduleCurve::draw_tick(QPainter& painter, int t) const {
    const QFontMetricsF metrics(theme_.caption());
    const double x = x_of(t);
    painter.setPen(theme_.colour(Colour::line));
    painter.drawLine(QPointF(x, area_.bottom()), QPointF(x, area_.bottom() + space::tight));
    painter.setPen(theme_.colour(Colour::muted));
    const QString text = t == 0 ? QCoreApplication::translate("ScheduleCurve", "t = 0") : QString::number(t);
    const double half = metrics.horizontalAdvance(text) / 2 + space::tight;
    const double left = std::clamp(x - half, 0.0, std::max(0.0, rect_.width() - 2 * half));
    painter.drawText(QRectF(left, area_.bottom() + radius_, 2 * half, metrics.height()), Qt::AlignCenter,
                     text);
}

}  // namespace denoise::ui
