#include "ui/plot/heat_map.h"

#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/plot/plot_exports.h"
#include "ui/plot/plot_table.h"
#include "ui/plot/thinning.h"
#include "ui/text/format.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int most_ticks = 5;
constexpr double bar_width = 10;

/// Samples of cividis (Nunez, Anderton & Renslow 2018) at equal distances.
constexpr std::array<QRgb, 10> cividis = {0xFF00224E, 0xFF123570, 0xFF3B496C, 0xFF575D6D, 0xFF707173,
                                          0xFF8A8678, 0xFFA59C74, 0xFFC3B369, 0xFFE1CC55, 0xFFFEE838};

}  // namespace

QColor heat_colour(double share) {
    const double place = std::clamp(share, 0.0, 1.0) * (cividis.size() - 1);
    const auto below = std::min(static_cast<std::size_t>(place), cividis.size() - 2);
    return mix(QColor(cividis[below + 1]), QColor(cividis[below]), place - static_cast<double>(below));
}

HeatMap::HeatMap(const Theme& theme, QString x_title, QString y_title, QString title, QWidget* parent)
    : QWidget(parent),
      theme_(theme),
      x_title_(std::move(x_title)),
      y_title_(std::move(y_title)),
      title_(std::move(title)) {
    setMouseTracking(true);
    setMinimumSize(104, 84);
    setAccessibleName(tr("Chart: %1").arg(title_));
    exports_ =
        std::make_unique<PlotExports>(*this,
                                      ChartContents{.title = title_,
                                                    .size = [this] { return size(); },
                                                    .draw = [this](QPainter& painter) { draw(painter); },
                                                    .table = [this] { return table(); }},
                                      theme);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

HeatMap::~HeatMap() = default;

void HeatMap::set_columns(std::vector<HeatColumn> columns, double y_end) {
    columns_ = std::move(columns);
    y_end_ = y_end;
    low_ = HUGE_VAL;
    high_ = 0;
    for (const HeatColumn& column : columns_)
        for (const double value : column.values)
            if (std::isfinite(value) && value > 0) {
                low_ = std::min(low_, value);
                high_ = std::max(high_, value);
            }
    if (low_ > high_) {
        low_ = 0.1;
        high_ = 1;
    }
    if (high_ < low_ * 1.01) high_ = low_ * 1.01;
    paint_cells();
    setAccessibleDescription(text_summary());
    update();
}

void HeatMap::paint_cells() {
    const std::size_t rows = columns_.empty() ? 0 : columns_.back().values.size();
    cells_ = QImage(static_cast<int>(columns_.size()), static_cast<int>(rows), QImage::Format_ARGB32);
    cells_.fill(Qt::transparent);
    for (std::size_t i = 0; i < columns_.size(); ++i)
        for (std::size_t row = 0; row < std::min(rows, columns_[i].values.size()); ++row) {
            const double value = columns_[i].values[row];
            if (!std::isfinite(value) || value <= 0) continue;
            const double share = std::log(value / low_) / std::log(high_ / low_);
            cells_.setPixelColor(static_cast<int>(i), static_cast<int>(rows - 1 - row), heat_colour(share));
        }
}

void HeatMap::set_empty_text(const QString& sentence) {
    empty_text_ = sentence;
}

void HeatMap::set_cursor(std::optional<double> x) {
    if (x == cursor_) return;
    cursor_ = x;
    update();
}

QRectF HeatMap::area() const {
    const QFontMetricsF metrics(theme_.caption());
    const double left = metrics.horizontalAdvance("0.0005") + 2 * space::tight;
    const double right = bar_width + metrics.horizontalAdvance("0.0005") + 3 * space::tight;
    return {left, metrics.height() + space::control, std::max(1.0, width() - left - right),
            std::max(1.0, height() - 3 * metrics.height() - space::group)};
}

double HeatMap::pixel_x(double x) const {
    const double first = columns_.front().x, last = std::max(columns_.back().x, first + 1);
    return area().left() + (x - first) / (last - first) * area().width();
}

std::optional<HeatMap::Place> HeatMap::place_at(QPointF point) const {
    const QRectF inside = area();
    if (columns_.empty() || !inside.contains(point)) return {};
    const HeatColumn* found = &columns_.front();
    for (const HeatColumn& column : columns_)
        if (pixel_x(column.x) <= point.x()) found = &column;
    const double share = (inside.bottom() - point.y()) / inside.height();
    const auto rows = found->values.size();
    const auto row = std::min(rows - 1, static_cast<std::size_t>(share * static_cast<double>(rows)));
    return Place{found->x, share * y_end_, found->values[row]};
}

void HeatMap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    draw(painter);
    if (!cursor_ || columns_.empty()) return;
    const double x = std::round(pixel_x(*cursor_)) + 0.5;
    if (x < area().left() || x > area().right() + 1) return;
    painter.setPen(QPen(theme_.colour(Colour::accent), 1));
    painter.drawLine(QPointF(x, area().top()), QPointF(x, area().bottom()));
}

void HeatMap::draw(QPainter& painter) const {
    painter.save();
    painter.setFont(theme_.caption());
    const QRectF inside = area();
    if (columns_.empty()) {
        painter.setPen(theme_.colour(Colour::muted));
        painter.drawText(inside, Qt::AlignCenter | Qt::TextWordWrap, empty_text_);
    } else {
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const double left = std::floor(pixel_x(columns_[i].x));
            const double right =
                i + 1 < columns_.size() ? std::floor(pixel_x(columns_[i + 1].x)) : inside.right();
            const QRectF target(left, inside.top(), std::max(1.0, right - left), inside.height());
            painter.drawImage(target & inside, cells_, QRectF(static_cast<double>(i), 0, 1, cells_.height()));
        }
        draw_bar(painter);
    }
    draw_axes(painter);
    painter.restore();
}

void HeatMap::draw_axes(QPainter& painter) const {
    const QRectF inside = area();
    const QFontMetricsF metrics(painter.font());
    painter.setPen(theme_.colour(Colour::muted));
    painter.drawText(QRectF(space::tight, 0, width() - space::control, metrics.height()),
                     Qt::AlignLeft | Qt::AlignTop,
                     metrics.elidedText(title_, Qt::ElideRight, width() - space::control));
    painter.drawText(
        QRectF(inside.left(), inside.bottom() + metrics.height() + 2, inside.width(), metrics.height()),
        Qt::AlignRight | Qt::AlignTop, x_title_);
    const int rows = std::clamp(static_cast<int>(inside.height() / (2 * metrics.height())), 2, most_ticks);
    const Ticks ys = round_ticks(0, y_end_, rows);
    for (const double value : ys.values) {
        const double y = inside.bottom() - value / y_end_ * inside.height();
        painter.drawText(QRectF(0, y - metrics.height() / 2, inside.left() - space::tight, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, tick_text(value, ys.step));
    }
    if (columns_.empty()) return;
    const double first = columns_.front().x, last = std::max(columns_.back().x, first + 1);
    const Ticks xs = round_ticks(
        first, last,
        std::clamp(static_cast<int>(inside.width() / metrics.horizontalAdvance("000000")), 2, most_ticks));
    for (const double value : xs.values) {
        const QString text = tick_text(value, xs.step);
        const double half = metrics.horizontalAdvance(text) / 2 + 1;
        const double middle = std::clamp(pixel_x(value), half, width() - half);
        painter.drawText(QRectF(middle - half, inside.bottom() + 2, 2 * half, metrics.height()),
                         Qt::AlignHCenter | Qt::AlignTop, text);
    }
}

void HeatMap::draw_bar(QPainter& painter) const {
    const QRectF inside = area();
    const QFontMetricsF metrics(painter.font());
    const QRectF bar(inside.right() + space::control, inside.top(), bar_width, inside.height());
    QLinearGradient gradient(bar.bottomLeft(), bar.topLeft());
    for (std::size_t i = 0; i < cividis.size(); ++i)
        gradient.setColorAt(static_cast<double>(i) / (cividis.size() - 1), QColor(cividis[i]));
    painter.fillRect(bar, gradient);
    painter.setPen(theme_.colour(Colour::muted));
    const auto label = [&](double value, double y) {
        painter.drawText(
            QRectF(bar.right() + space::tight, y, width() - bar.right() - space::tight, metrics.height()),
            Qt::AlignLeft | Qt::AlignVCenter, QLocale().toString(value, 'g', 2));
    };
    label(high_, bar.top());
    if (bar.height() > 4 * metrics.height())
        label(std::sqrt(low_ * high_), bar.center().y() - metrics.height() / 2);
    label(low_, bar.bottom() - metrics.height());
}

std::string HeatMap::table() const {
    if (columns_.empty()) return {};
    std::vector<PlotColumn> curves(columns_.back().values.size());
    const double height = y_end_ / static_cast<double>(curves.size());
    for (std::size_t row = 0; row < curves.size(); ++row) {
        curves[row].title = QStringLiteral("%1, %2 %3-%4")
                                .arg(title_, y_title_)
                                .arg(static_cast<double>(row) * height)
                                .arg(static_cast<double>(row + 1) * height);
        for (const HeatColumn& column : columns_)
            if (row < column.values.size() && std::isfinite(column.values[row]))
                curves[row].points.emplace_back(column.x, column.values[row]);
    }
    return csv_text(x_title_, curves);
}

QString HeatMap::text_summary() const {
    if (columns_.empty()) return tr("%1: no data.").arg(title_);
    return tr("%1 from step %2 to %3: lowest %4, highest %5.")
        .arg(title_, measure_text(columns_.front().x), measure_text(columns_.back().x), measure_text(low_),
             measure_text(high_));
}

void HeatMap::resizeEvent(QResizeEvent*) {
    exports_->place_button();
}

void HeatMap::mouseMoveEvent(QMouseEvent* event) {
    exports_->follow_mouse(*event);
    const auto place = place_at(event->position());
    if (!place) return Q_EMIT cursor_left();
    Q_EMIT cursor_moved(place->x);
    setToolTip(tr("%1 %2, %3 %4: %5")
                   .arg(x_title_, measure_text(place->x), y_title_, measure_text(std::floor(place->y)),
                        measure_text(place->value)));
}

void HeatMap::mousePressEvent(QMouseEvent* event) {
    exports_->follow_mouse(*event);
}

void HeatMap::leaveEvent(QEvent*) {
    Q_EMIT cursor_left();
}

void HeatMap::contextMenuEvent(QContextMenuEvent* event) {
    exports_->show_menu(event->globalPos());
}

}  // namespace denoise::ui
