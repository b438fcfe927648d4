#include "ui/pages/noise/curve_editor.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr double radius = 6;
constexpr double reach = space::target / 2.0;  ///< how far from its centre a point can be grabbed
constexpr int x_ticks = 5;
constexpr double position_step = 0.01, log_snr_step = 0.1, large_step = 10;

double logistic(double x) {
    return 1 / (1 + std::exp(-x));
}

}  // namespace

CurveEditor::CurveEditor(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    points_ = {{0, largest_log_snr / 2}, {1, -largest_log_snr / 2}};
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setObjectName("curve_editor");
    setAccessibleName(tr("Schedule drawn by hand"));
    setToolTip(
        tr("Drag the points. A double click adds a point, Delete removes the selected one. With the "
           "keyboard: Page Up and Page Down select a point, the arrow keys move it, Insert adds one."));
    connect(&theme_, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void CurveEditor::set_points(std::vector<CurvePoint> points) {
    if (points == points_) return;
    points_ = std::move(points);
    selected_ = std::clamp(selected_, 0, static_cast<int>(points_.size()) - 1);
    dragging_ = false;
    update();
    Q_EMIT selection_changed();
}

void CurveEditor::set_timesteps(int timesteps) {
    timesteps_ = timesteps;
    update();
    Q_EMIT selection_changed();
}

void CurveEditor::set_quantity(Quantity quantity) {
    quantity_ = quantity;
    update();
}

void CurveEditor::select(int index) {
    selected_ = std::clamp(index, 0, static_cast<int>(points_.size()) - 1);
    update();
    Q_EMIT selection_changed();
}

void CurveEditor::use(std::vector<CurvePoint> points, int selected) {
    const bool changed = points != points_;
    points_ = std::move(points);
    select(selected);
    if (changed) Q_EMIT edited();
}

void CurveEditor::move_selected(const CurvePoint& place) {
    use(with_moved_point(points_, static_cast<std::size_t>(selected_), place), selected_);
}

void CurveEditor::add_at(double position) {
    std::vector<CurvePoint> more = with_added_point(points_, position);
    if (more.size() == points_.size()) return;
    const auto added = std::ranges::find_if(
        more, [this](const CurvePoint& p) { return std::ranges::find(points_, p) == points_.end(); });
    const auto index = static_cast<int>(added - more.begin());
    use(std::move(more), index);
}

void CurveEditor::add_point() {
    const std::size_t before = std::min(static_cast<std::size_t>(selected_), points_.size() - 2);
    add_at((points_[before].position + points_[before + 1].position) / 2);
}

bool CurveEditor::can_add() const {
    return points_.size() < most_points;
}

void CurveEditor::remove_point() {
    if (can_remove()) use(without_point(points_, static_cast<std::size_t>(selected_)), selected_ - 1);
}

bool CurveEditor::can_remove() const {
    return selected_ > 0 && selected_ + 1 < static_cast<int>(points_.size());
}

QString CurveEditor::selected_text() const {
    const CurvePoint& point = points_[static_cast<std::size_t>(selected_)];
    const QLocale locale;
    return tr("Point %1 of %2: t = %3, ᾱ %4, log SNR %5")
        .arg(selected_ + 1)
        .arg(points_.size())
        .arg(std::lround(point.position * (timesteps_ - 1)))
        .arg(locale.toString(logistic(point.log_snr), 'f', 4), locale.toString(point.log_snr, 'f', 2));
}

QRectF CurveEditor::area() const {
    const QFontMetrics metrics(theme_.caption());
    const double left = metrics.horizontalAdvance(QStringLiteral("−20")) + radius + space::control;
    return QRectF(rect()).adjusted(left, radius + 2, -radius - 2, -metrics.height() - space::control);
}

double CurveEditor::y_of(double log_snr) const {
    const double share = quantity_ == Quantity::alpha_bar
                             ? logistic(log_snr)
                             : (log_snr + largest_log_snr) / (2 * largest_log_snr);
    return area().bottom() - share * area().height();
}

double CurveEditor::log_snr_at(double y) const {
    const double share = std::clamp((area().bottom() - y) / area().height(), 0.0, 1.0);
    if (quantity_ == Quantity::log_snr) return (2 * share - 1) * largest_log_snr;
    return std::clamp(std::log(share) - std::log1p(-share), -largest_log_snr, largest_log_snr);
}

QPointF CurveEditor::place_of(int index) const {
    const CurvePoint& point = points_.at(static_cast<std::size_t>(index));
    return {area().left() + point.position * area().width(), y_of(point.log_snr)};
}

int CurveEditor::point_at(const QPointF& place) const {
    int best = -1;
    double distance = reach;
    for (int i = 0; i < static_cast<int>(points_.size()); ++i) {
        const QPointF away = place_of(i) - place;
        if (const double d = std::hypot(away.x(), away.y()); d <= distance) {
            best = i;
            distance = d;
        }
    }
    return best;
}

QSize CurveEditor::sizeHint() const {
    return {12 * space::target, 8 * space::target};
}

QSize CurveEditor::minimumSizeHint() const {
    return {6 * space::target, 4 * space::target};
}

void CurveEditor::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    draw_axes(painter);
    draw_curve(painter);
    draw_points(painter);
}

void CurveEditor::draw_axes(QPainter& painter) const {
    const QRectF room = area();
    painter.setFont(theme_.caption());
    const QFontMetrics metrics(theme_.caption());
    const auto at_left = [&](double y, const QString& text) {
        painter.setPen(QPen(theme_.colour(Colour::line), 1));
        painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y));
        painter.setPen(theme_.colour(Colour::muted));
        painter.drawText(
            QRectF(0, y - metrics.height() / 2.0, room.left() - radius - space::tight, metrics.height()),
            Qt::AlignRight | Qt::AlignVCenter, text);
    };
    if (quantity_ == Quantity::alpha_bar)
        for (const double value : {0.0, 0.25, 0.5, 0.75, 1.0})
            at_left(room.bottom() - value * room.height(), QLocale().toString(value, 'g', 3));
    else
        for (const int value : {-20, -10, 0, 10, 20}) at_left(y_of(value), QLocale().toString(value));
    for (int i = 0; i < x_ticks; ++i) {
        const int t = std::min(i * timesteps_ / (x_ticks - 1), timesteps_ - 1);
        const double x = room.left() + room.width() * t / (timesteps_ - 1);
        painter.setPen(QPen(theme_.colour(Colour::line), 1));
        painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()));
        painter.setPen(theme_.colour(Colour::muted));
        const QString text = QLocale().toString(t);
        const double width = metrics.horizontalAdvance(text);
        painter.drawText(
            QPointF(std::min(x - width / 2, this->width() - width), height() - metrics.descent()), text);
    }
}

void CurveEditor::draw_curve(QPainter& painter) const {
    const QRectF room = area();
    const int count = std::max(2, static_cast<int>(room.width()));
    const std::vector<double> curve = curve_through(points_, count);
    QPainterPath path(QPointF(room.left(), y_of(curve.front())));
    for (int i = 1; i < count; ++i)
        path.lineTo(room.left() + i * room.width() / (count - 1), y_of(curve[static_cast<std::size_t>(i)]));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme_.series(0), 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(path);
}

void CurveEditor::draw_points(QPainter& painter) const {
    for (int i = 0; i < static_cast<int>(points_.size()); ++i) {
        const bool chosen = i == selected_;
        if (chosen && hasFocus()) {
            painter.setPen(QPen(theme_.colour(Colour::accent), 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawEllipse(place_of(i), radius + 3, radius + 3);
        }
        painter.setPen(QPen(theme_.series(0), 2));
        painter.setBrush(chosen ? theme_.series(0) : theme_.colour(Colour::panel));
        painter.drawEllipse(place_of(i), radius, radius);
    }
}

void CurveEditor::mousePressEvent(QMouseEvent* event) {
    const int index = point_at(event->position());
    if (event->button() != Qt::LeftButton || index < 0) return;
    select(index);
    dragging_ = true;
    pressed_at_ = event->position();
    dragged_from_ = points_[static_cast<std::size_t>(index)];
}

void CurveEditor::mouseMoveEvent(QMouseEvent* event) {
    if (!dragging_) {
        setCursor(point_at(event->position()) >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
        return;
    }
    // By the way of the pointer since it was pressed, so that a point that was grabbed beside its centre does
    // not jump, and a horizontal way does not change the value.
    const QPointF way = event->position() - pressed_at_;
    CurvePoint place = dragged_from_;
    place.position += way.x() / area().width();
    if (std::abs(way.y()) >= 1) place.log_snr = log_snr_at(y_of(dragged_from_.log_snr) + way.y());
    move_selected(place);
}

void CurveEditor::mouseReleaseEvent(QMouseEvent*) {
    dragging_ = false;
}

void CurveEditor::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || point_at(event->position()) >= 0) return;
    add_at((event->position().x() - area().left()) / area().width());
}

bool CurveEditor::event(QEvent* event) {
    // The window uses some of these keys for the frames of the page.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        constexpr std::array own = {Qt::Key_Left,   Qt::Key_Right,  Qt::Key_Up,
                                    Qt::Key_Down,   Qt::Key_Home,   Qt::Key_End,
                                    Qt::Key_Insert, Qt::Key_Delete, Qt::Key_Backspace};
        if (!(key->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) &&
            std::ranges::find(own, static_cast<Qt::Key>(key->key())) != own.end())
            event->accept();
    }
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    return QWidget::event(event);
}

void CurveEditor::keyPressEvent(QKeyEvent* event) {
    const double factor = event->modifiers() & Qt::ShiftModifier ? large_step : 1;
    const CurvePoint& now = points_[static_cast<std::size_t>(selected_)];
    const auto move = [&](double right, double up) {
        move_selected(
            {now.position + factor * right * position_step, now.log_snr + factor * up * log_snr_step});
    };
    switch (event->key()) {
        case Qt::Key_Left:
            return move(-1, 0);
        case Qt::Key_Right:
            return move(1, 0);
        case Qt::Key_Up:
            return move(0, 1);
        case Qt::Key_Down:
            return move(0, -1);
        case Qt::Key_PageUp:
            return select(selected_ - 1);
        case Qt::Key_PageDown:
            return select(selected_ + 1);
        case Qt::Key_Home:
            return select(0);
        case Qt::Key_End:
            return select(static_cast<int>(points_.size()) - 1);
        case Qt::Key_Insert:
            return add_point();
        case Qt::Key_Delete:
        case Qt::Key_Backspace:
            return remove_point();
        default:
            QWidget::keyPressEvent(event);
    }
}

}  // namespace denoise::ui
