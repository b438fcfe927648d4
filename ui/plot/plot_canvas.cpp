#include "ui/plot/plot_canvas.h"

#include <QAreaSeries>
#include <QChart>
#include <QGraphicsLayout>
#include <QLineSeries>
#include <QPainter>
#include <QValueAxis>
#include <algorithm>
#include <cmath>

#include "ui/plot/label_places.h"
#include "ui/plot/thinning.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int most_ticks = 5;

}  // namespace

PlotCanvas::PlotCanvas(const Theme& theme, QString x_title, QString y_title, QWidget* parent)
    : QChartView(new QChart, parent),
      theme_(theme),
      x_title_(std::move(x_title)),
      y_title_(std::move(y_title)) {
    setFrameShape(QFrame::NoFrame);
    setRenderHint(QPainter::Antialiasing);
    setFocusPolicy(Qt::NoFocus);
    viewport()->setFocusPolicy(Qt::NoFocus);
    setBackgroundBrush(Qt::NoBrush);
    chart()->setAnimationOptions(QChart::NoAnimation);
    chart()->setBackgroundVisible(false);
    chart()->legend()->hide();
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->setMargins({});
    x_axis_ = new QValueAxis(this);
    y_axis_ = new QValueAxis(this);
    for (QValueAxis* axis : {x_axis_, y_axis_}) axis->setVisible(false);
    chart()->addAxis(x_axis_, Qt::AlignBottom);
    chart()->addAxis(y_axis_, Qt::AlignLeft);
    connect(&theme, &Theme::changed, this, [this] {
        for (const auto& [area, colour] : areas_) {
            QColor fill = theme_.series(colour);
            fill.setAlphaF(0.16F);
            area->setBrush(fill);
        }
    });
}

void PlotCanvas::add(QLineSeries* line, bool filled, int colour) {
    if (filled) {
        auto* area = new QAreaSeries(line);
        area->setPen(Qt::NoPen);
        QColor fill = theme_.series(colour);
        fill.setAlphaF(0.16F);
        area->setBrush(fill);
        chart()->addSeries(area);
        area->attachAxis(x_axis_);
        area->attachAxis(y_axis_);
        areas_.emplace_back(area, colour);
    }
    chart()->addSeries(line);
    line->attachAxis(x_axis_);
    line->attachAxis(y_axis_);
}

void PlotCanvas::set_ranges(double x_low, double x_high, double y_low, double y_high, bool log_y) {
    x_low_ = x_low;
    x_high_ = x_high;
    y_low_ = y_low;
    y_high_ = y_high;
    log_y_ = log_y;
    x_axis_->setRange(x_low, x_high);
    if (log_y)
        y_axis_->setRange(std::log10(y_low), std::log10(y_high));
    else
        y_axis_->setRange(y_low, y_high);
}

void PlotCanvas::set_end_labels(std::vector<EndLabel> labels) {
    labels_ = std::move(labels);
    // The margin never shrinks, so that the chart does not move when labels change.
    const QFontMetricsF metrics(theme_.caption());
    for (const EndLabel& label : labels_)
        right_margin_ = std::max(right_margin_, metrics.horizontalAdvance(label.text) + 2 * space::tight);
    place();
}

void PlotCanvas::set_cursor(std::optional<double> x) {
    if (x == cursor_) return;
    cursor_ = x;
    viewport()->update();
}

void PlotCanvas::set_marks(std::vector<double> xs) {
    marks_ = std::move(xs);
    viewport()->update();
}

void PlotCanvas::set_flags(std::vector<PlotFlag> flags) {
    flags_ = std::move(flags);
    viewport()->update();
}

void PlotCanvas::set_x_title(const QString& title) {
    x_title_ = title;
    viewport()->update();
}

QRectF PlotCanvas::plot_area() const {
    return chart()->plotArea();
}

double PlotCanvas::value_at(double pixel) const {
    const QRectF area = plot_area();
    return x_low_ + (pixel - area.left()) / std::max(area.width(), 1.0) * (x_high_ - x_low_);
}

double PlotCanvas::pixel_x(double x) const {
    const QRectF area = plot_area();
    return area.left() + (x - x_low_) / (x_high_ - x_low_) * area.width();
}

double PlotCanvas::pixel_y(double y_on_axis) const {
    const QRectF area = plot_area();
    return area.bottom() - (y_on_axis - y_axis_->min()) / (y_axis_->max() - y_axis_->min()) * area.height();
}

void PlotCanvas::resizeEvent(QResizeEvent* event) {
    QChartView::resizeEvent(event);
    place();
}

void PlotCanvas::place() {
    const QFontMetricsF metrics(theme_.caption());
    const double line = metrics.height();
    const double left = metrics.horizontalAdvance("0.0005") + 2 * space::tight;
    const QRectF area(left, line + space::control,
                      width() - left - std::max(right_margin_, 3.0 * space::tight),
                      height() - 3 * line - space::group);
    if (area.width() > 0 && area.height() > 0 && area != chart()->plotArea()) chart()->setPlotArea(area);
}

void PlotCanvas::drawBackground(QPainter* painter, const QRectF&) {
    const QRectF area = plot_area();
    painter->save();
    painter->setFont(theme_.caption());
    const QFontMetricsF metrics(painter->font());
    QColor grid = theme_.colour(Colour::line);
    grid.setAlphaF(0.5F);
    const QColor muted = theme_.colour(Colour::muted);

    const int rows = std::clamp(static_cast<int>(area.height() / (2 * metrics.height())), 2, most_ticks);
    const Ticks ys = log_y_ ? log_ticks(y_low_, y_high_, rows) : round_ticks(y_low_, y_high_, rows);
    for (const double value : ys.values) {
        const double y = std::round(pixel_y(log_y_ ? std::log10(value) : value)) + 0.5;
        painter->setPen(QPen(grid, 1));
        painter->drawLine(QPointF(area.left(), y), QPointF(area.right(), y));
        painter->setPen(muted);
        painter->drawText(QRectF(0, y - metrics.height() / 2, area.left() - space::tight, metrics.height()),
                          Qt::AlignRight | Qt::AlignVCenter, tick_text(value, log_y_ ? value : ys.step));
    }

    const int columns =
        std::clamp(static_cast<int>(area.width() / metrics.horizontalAdvance("000000")), 2, most_ticks);
    const Ticks xs = round_ticks(x_low_, x_high_, columns);
    for (const double value : xs.values) {
        const QString text = tick_text(value, xs.step);
        const double half = metrics.horizontalAdvance(text) / 2 + 1;
        const double middle = std::clamp(pixel_x(value), half, width() - half);
        painter->setPen(muted);
        painter->drawText(QRectF(middle - half, area.bottom() + 2, 2 * half, metrics.height()),
                          Qt::AlignHCenter | Qt::AlignTop, text);
    }
    painter->setPen(QPen(theme_.colour(Colour::line), 1));
    painter->drawLine(QPointF(area.left(), std::round(area.bottom()) + 0.5),
                      QPointF(area.right(), std::round(area.bottom()) + 0.5));

    painter->setPen(muted);
    painter->drawText(QRectF(space::tight, 0, width() - 2 * space::tight, metrics.height()),
                      Qt::AlignLeft | Qt::AlignTop,
                      metrics.elidedText(y_title_, Qt::ElideRight, width() - space::control));
    painter->drawText(QRectF(0, area.bottom() + metrics.height() + 2, area.right(), metrics.height()),
                      Qt::AlignRight | Qt::AlignTop, x_title_);
    painter->restore();
}

void PlotCanvas::drawForeground(QPainter* painter, const QRectF&) {
    const QRectF area = plot_area();
    painter->save();
    painter->setFont(theme_.caption());
    if (empty_) {
        painter->setPen(theme_.colour(Colour::muted));
        if (area.width() > 240) painter->setFont(theme_.body());
        const double air = area.width() > 120 ? space::control : 0;  // a narrow chart needs all its room
        const QRectF inner = area.adjusted(air, 0, air > 0 ? -air : width() - area.right(), 0);
        constexpr int flags = Qt::AlignCenter | Qt::TextWordWrap;
        // Covers the grid lines behind the text
        const QRectF text = painter->boundingRect(inner, flags, empty_text_);
        if (text.height() <= inner.height()) {  // otherwise its lines would be cut
            painter->fillRect(text.adjusted(-4, 0, 4, 0), theme_.colour(Colour::panel));
            painter->drawText(inner, flags, empty_text_);
        }
    } else {
        QColor mark = theme_.colour(Colour::muted);
        mark.setAlphaF(0.6F);
        painter->setPen(QPen(mark, 1));
        for (const double x : marks_)
            if (x >= x_low_ && x <= x_high_) {
                const double pixel = std::round(pixel_x(x)) + 0.5;
                painter->drawLine(QPointF(pixel, area.bottom() - 5), QPointF(pixel, area.bottom()));
            }
        draw_flags(*painter);
        draw_end_labels(*painter);
    }
    if (!exporting_ && cursor_ && *cursor_ >= x_low_ && *cursor_ <= x_high_) {
        const double pixel = std::round(pixel_x(*cursor_)) + 0.5;
        painter->setPen(QPen(theme_.colour(Colour::accent), 1));
        painter->drawLine(QPointF(pixel, area.top()), QPointF(pixel, area.bottom()));
    }
    painter->restore();
}

void PlotCanvas::draw_flags(QPainter& painter) {
    const QFontMetricsF metrics(painter.font());
    const QRectF area = plot_area();
    double row = area.top();
    for (const PlotFlag& flag : flags_) {
        if (flag.x < x_low_ || flag.x > x_high_) continue;
        const double pixel = std::round(pixel_x(flag.x)) + 0.5;
        painter.setPen(QPen(theme_.colour(Colour::muted), 1, Qt::DashLine));
        painter.drawLine(QPointF(pixel, area.top()), QPointF(pixel, area.bottom()));
        // On the side with more room, one below the other, so that close flags stay readable.
        const bool right = pixel < area.center().x();
        const double room = (right ? area.right() - pixel : pixel - area.left()) - space::tight;
        const QString text = metrics.elidedText(flag.text, Qt::ElideRight, room);
        const double width = metrics.horizontalAdvance(text);
        if (row + metrics.height() > area.bottom()) continue;
        const QRectF place(right ? pixel + space::tight : pixel - space::tight - width, row, width,
                           metrics.height());
        painter.fillRect(place, theme_.colour(Colour::panel));
        painter.drawText(place, Qt::AlignLeft | Qt::AlignVCenter, text);
        row += metrics.height();
    }
}

void PlotCanvas::draw_end_labels(QPainter& painter) {
    const QFontMetricsF metrics(painter.font());
    const QRectF area = plot_area();
    std::vector<double> ends;
    for (const EndLabel& label : labels_) ends.push_back(pixel_y(label.point.y()));
    // Above the axis, whose numbers are below it.
    const std::vector<double> places =
        place_labels(ends, metrics.height(), area.top() - metrics.height() / 2, area.bottom());
    for (std::size_t i = 0; i < labels_.size(); ++i) {
        if (std::isnan(places[i])) continue;
        const double left = std::min(pixel_x(labels_[i].point.x()), area.right()) + space::tight;
        painter.setPen(labels_[i].colour);
        painter.drawText(QRectF(left, places[i], width() - left, metrics.height()),
                         Qt::AlignLeft | Qt::AlignVCenter, labels_[i].text);
    }
}

}  // namespace denoise::ui
