#include "ui/denoise/schedule_track.h"

#include <QAccessible>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/denoise/schedule_track_accessible.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr double handle_radius = space::control;
constexpr int dots_shown = 120;  ///< more would run into one line
constexpr int wheel_notch = 120;

/// A step that gives at most five ticks over `span`: 1, 2 or 2.5 or 5 times a power of ten.
int tick_step(int span) {
    const double least = std::max(1.0, span / 4.5);
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0})
        if (factor * power >= least) return static_cast<int>(factor * power);
    return static_cast<int>(10 * power);
}

}  // namespace

ScheduleTrack::ScheduleTrack(const Theme& theme, Direction direction, QWidget* parent)
    : QWidget(parent), theme_(theme), direction_(direction) {
    install_track_accessibility();
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Timestep"));
    setAccessibleDescription(
        tr("A slider along the noise schedule: the higher, the more of the picture is left"));
    connect(&theme_, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ScheduleTrack::set_schedule(std::vector<double> alpha_bar) {
    alpha_bar_ = std::move(alpha_bar);
    update();
}

void ScheduleTrack::set_stops(std::vector<int> timesteps, int reached) {
    stops_ = std::move(timesteps);
    reached_ = std::clamp(reached, 0, stop_count());
    position_ = std::clamp(position_, 0, std::max(0, reached_ - 1));
    update();
}

void ScheduleTrack::set_planned(std::vector<int> timesteps) {
    planned_ = std::move(timesteps);
    update();
}

void ScheduleTrack::set_position(int stop) {
    stop = std::clamp(stop, 0, std::max(0, reached_ - 1));
    if (stop == position_) return;
    position_ = stop;
    update();
    QAccessibleValueChangeEvent event(this, position_);
    QAccessible::updateAccessibility(&event);
}

int ScheduleTrack::timestep() const {
    return stops_.empty() ? 0 : stops_[static_cast<std::size_t>(position_)];
}

QString ScheduleTrack::value_text() const {
    if (stops_.empty()) return tr("no timestep yet");
    return timestep() < 0 ? tr("result") : tr("t = %1").arg(timestep());
}

QSize ScheduleTrack::sizeHint() const {
    return {10 * space::target, 4 * space::target};
}

QSize ScheduleTrack::minimumSizeHint() const {
    return {4 * space::target, 4 * space::target};
}

void ScheduleTrack::measure() {
    const QFontMetricsF metrics(theme_.caption());
    const double side = std::max<double>(handle_radius, metrics.horizontalAdvance("0000") / 2) + space::tight;
    const double left = metrics.horizontalAdvance(QStringLiteral("ᾱ 1")) + handle_radius + space::control;
    area_ = QRectF(rect()).adjusted(left, handle_radius + space::tight, -side,
                                    -(metrics.height() + handle_radius + space::tight));
}

void ScheduleTrack::resizeEvent(QResizeEvent*) {
    measure();
}

void ScheduleTrack::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) measure();
    QWidget::changeEvent(event);
}

double ScheduleTrack::x_of(double t) const {
    const double last = std::max<double>(1, static_cast<double>(alpha_bar_.size()) - 1);
    // The result, -1, stands one step beyond t = 0.
    const double share = (t + 1) / (last + 1);
    return direction_ == Direction::noising ? area_.left() + share * area_.width()
                                            : area_.right() - share * area_.width();
}

double ScheduleTrack::alpha_bar_at(int t) const {
    if (t < 0 || alpha_bar_.empty()) return 1;
    return alpha_bar_[std::min(static_cast<std::size_t>(t), alpha_bar_.size() - 1)];
}

QPointF ScheduleTrack::point_at(int t) const {
    return {x_of(t), area_.bottom() - alpha_bar_at(t) * area_.height()};
}

QPointF ScheduleTrack::point_of(int stop) const {
    return stop >= 0 && stop < stop_count() ? point_at(stops_[static_cast<std::size_t>(stop)]) : QPointF();
}

int ScheduleTrack::stop_at(double x) const {
    int best = 0;
    for (int i = 1; i < reached_; ++i)
        if (std::abs(x_of(stops_[static_cast<std::size_t>(i)]) - x) <
            std::abs(x_of(stops_[static_cast<std::size_t>(best)]) - x))
            best = i;
    return best;
}

void ScheduleTrack::scrub(int stop) {
    if (reached_ == 0) return;
    stop = std::clamp(stop, 0, reached_ - 1);
    if (stop == position_) return;
    set_position(stop);
    Q_EMIT scrubbed(stop);
}

QPainterPath ScheduleTrack::curve() const {
    QPainterPath path;
    const int T = static_cast<int>(alpha_bar_.size());
    const int step = std::max(1, T / std::max(1, width()));
    path.moveTo(point_at(-1));
    for (int t = 0; t < T; t += step) path.lineTo(point_at(t));
    path.lineTo(point_at(T - 1));
    return path;
}

void ScheduleTrack::draw_axis(QPainter& painter) const {
    QColor grid = theme_.colour(Colour::line);
    painter.setPen(grid);
    painter.drawLine(area_.bottomLeft(), area_.bottomRight());
    grid.setAlphaF(0.5);
    painter.setPen(grid);
    painter.drawLine(area_.topLeft(), area_.topRight());

    painter.setFont(theme_.caption());
    const QFontMetricsF metrics(theme_.caption());
    const double label_width = area_.left() - handle_radius - space::tight;
    const auto at_left = [&](double y, const QString& text) {
        painter.drawText(QRectF(0, y - metrics.height() / 2, label_width, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, text);
    };
    painter.setPen(theme_.colour(Colour::muted));
    at_left(area_.top(), QStringLiteral("ᾱ 1"));
    at_left(area_.bottom(), QStringLiteral("0"));

    const int last = static_cast<int>(alpha_bar_.size()) - 1;
    const double top = area_.bottom() + handle_radius;
    const int step = tick_step(std::max(1, last));
    std::vector<int> ticks;
    for (int t = 0; t <= last; t += step) ticks.push_back(t);
    // The end is always named; a tick that would touch its label is left out.
    while (ticks.size() > 1 && last - ticks.back() < step / 2) ticks.pop_back();
    if (ticks.empty() || ticks.back() != last) ticks.push_back(last);
    for (const int t : ticks) {
        const double x = x_of(t);
        painter.setPen(theme_.colour(Colour::line));
        painter.drawLine(QPointF(x, area_.bottom()), QPointF(x, area_.bottom() + space::tight));
        painter.setPen(theme_.colour(Colour::muted));
        const QString text = t == 0 ? tr("t = 0") : QString::number(t);
        const double half = metrics.horizontalAdvance(text) / 2 + space::tight;
        const double left = std::clamp(x - half, 0.0, std::max(0.0, width() - 2 * half));
        painter.drawText(QRectF(left, top, 2 * half, metrics.height()), Qt::AlignCenter, text);
    }
}

void ScheduleTrack::draw_dots(QPainter& painter) const {
    const QColor blue = theme_.series(0);
    const double radius = space::tight / 2.0;
    const auto dot = [&](int t, bool reached) {
        painter.setPen(QPen(reached ? blue : theme_.colour(Colour::muted), 1));
        painter.setBrush(reached ? blue : theme_.colour(Colour::panel));
        painter.drawEllipse(point_at(t), radius, radius);
    };
    if (planned_.size() <= dots_shown)
        for (const int t : planned_) dot(t, false);
    if (stops_.size() <= dots_shown)
        for (int i = 0; i < reached_; ++i) dot(stops_[static_cast<std::size_t>(i)], true);
}

void ScheduleTrack::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (alpha_bar_.empty() || area_.isEmpty()) return;
    draw_axis(painter);

    const QPainterPath line = curve();
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme_.colour(Colour::muted), 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setOpacity(0.5);
    painter.drawPath(line);
    painter.setOpacity(1);
    if (reached_ == 0) return draw_dots(painter);

    // The part that the sampler has come through, and under it a wash up to the handle.
    const QColor blue = theme_.series(0);
    const auto clip_between = [&](double a, double b) {
        const double left = std::min(a, b), right = std::max(a, b);
        painter.setClipRect(QRectF(left, 0, right - left, height()));
    };
    const double first = x_of(stops_.front());
    const QPointF handle = point_of(position_);
    painter.save();
    clip_between(first, x_of(stops_[static_cast<std::size_t>(reached_ - 1)]));
    painter.setPen(QPen(blue, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPath(line);
    clip_between(first, handle.x());
    QPainterPath wash = line;
    wash.lineTo(x_of(static_cast<double>(alpha_bar_.size()) - 1), area_.bottom());
    wash.lineTo(x_of(-1), area_.bottom());
    QColor tint = blue;
    tint.setAlphaF(0.12f);
    painter.setPen(Qt::NoPen);
    painter.setBrush(tint);
    painter.drawPath(wash);
    painter.restore();
    draw_dots(painter);

    painter.setPen(QPen(blue, 1));
    painter.drawLine(handle, QPointF(handle.x(), area_.bottom()));
    const double ring = space::tight / 2.0;
    if (hasFocus()) {
        painter.setPen(QPen(theme_.colour(Colour::accent), ring));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(handle, handle_radius + ring, handle_radius + ring);
    }
    painter.setPen(QPen(theme_.colour(Colour::panel), ring));
    painter.setBrush(hot_ ? mix(blue, theme_.colour(Colour::text), 0.85) : blue);
    painter.drawEllipse(handle, handle_radius - ring / 2, handle_radius - ring / 2);
}

void ScheduleTrack::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) scrub(stop_at(event->position().x()));
}

void ScheduleTrack::mouseMoveEvent(QMouseEvent* event) {
    if (!hot_) {
        hot_ = true;
        update();
    }
    if (event->buttons() & Qt::LeftButton) scrub(stop_at(event->position().x()));
}

void ScheduleTrack::mouseReleaseEvent(QMouseEvent* event) {
    if (!rect().contains(event->pos())) leaveEvent(event);
}

void ScheduleTrack::leaveEvent(QEvent*) {
    hot_ = false;
    update();
}

bool ScheduleTrack::event(QEvent* event) {
    // In focus the track takes its keys before the window's shortcuts of the same name.
    if (event->type() == QEvent::ShortcutOverride) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
            case Qt::Key_Left:
            case Qt::Key_Right:
            case Qt::Key_Home:
            case Qt::Key_End:
                if (!(static_cast<QKeyEvent*>(event)->modifiers() &
                      ~(Qt::ShiftModifier | Qt::KeypadModifier)))
                    event->accept();
                break;
            default:
                break;
        }
    }
    return QWidget::event(event);
}

void ScheduleTrack::keyPressEvent(QKeyEvent* event) {
    const int stride = event->modifiers() & Qt::ShiftModifier ? 10 : 1;
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Down:
            return scrub(position_ - stride);
        case Qt::Key_Right:
        case Qt::Key_Up:
            return scrub(position_ + stride);
        case Qt::Key_PageDown:
            return scrub(position_ - 10);
        case Qt::Key_PageUp:
            return scrub(position_ + 10);
        case Qt::Key_Home:
            return scrub(0);
        case Qt::Key_End:
            return scrub(reached_ - 1);
        default:
            QWidget::keyPressEvent(event);
    }
}

void ScheduleTrack::wheelEvent(QWheelEvent* event) {
    wheel_rest_ += event->angleDelta().y() != 0 ? event->angleDelta().y() : event->angleDelta().x();
    const int notches = wheel_rest_ / wheel_notch;
    wheel_rest_ -= notches * wheel_notch;
    if (notches != 0) scrub(position_ + notches);
    event->accept();
}

}  // namespace denoise::ui
