#include "ui/pages/denoise/schedule_track.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/pages/denoise/schedule_track_accessible.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr double handle_radius = space::control;
constexpr int dots_shown = 120;  ///< more would merge into a line
constexpr int wheel_notch = 120;

}  // namespace

ScheduleTrack::ScheduleTrack(const Theme& theme, TimeDirection direction, QWidget* parent)
    : QWidget(parent), theme_(theme), curve_(theme, direction) {
    install_track_accessibility();
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Maximum);  // lower on a small screen
    setAccessibleName(tr("Timestep"));
    setAccessibleDescription(
        tr("A slider along the noise schedule; the curve shows how much of the image remains"));
    connect(&theme_, &Theme::changed, this, &ScheduleTrack::forget_layers);
}

void ScheduleTrack::set_schedule(std::vector<double> alpha_bar) {
    curve_.set_alpha_bar(std::move(alpha_bar));
    forget_layers();
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
    if (stops_.empty()) return tr("no timestep");
    return timestep() < 0 ? tr("result") : tr("t = %1").arg(timestep());
}

QSize ScheduleTrack::sizeHint() const {
    return {10 * space::target, 4 * space::target};
}

QSize ScheduleTrack::minimumSizeHint() const {
    return {4 * space::target, 5 * space::target / 2};
}

void ScheduleTrack::resizeEvent(QResizeEvent*) {
    curve_.fit(rect(), handle_radius);
    forget_layers();
}

void ScheduleTrack::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) {
        curve_.fit(rect(), handle_radius);
        forget_layers();
    }
    QWidget::changeEvent(event);
}

QPointF ScheduleTrack::point_of(int stop) const {
    return stop >= 0 && stop < stop_count() ? curve_.point_at(stops_[static_cast<std::size_t>(stop)])
                                            : QPointF();
}

int ScheduleTrack::stop_at(double x) const {
    const auto distance = [&](int stop) {
        return std::abs(curve_.x_of(stops_[static_cast<std::size_t>(stop)]) - x);
    };
    int best = 0;
    for (int i = 1; i < reached_; ++i)
        if (distance(i) < distance(best)) best = i;
    return best;
}

void ScheduleTrack::scrub(int stop) {
    if (reached_ == 0) return;
    stop = std::clamp(stop, 0, reached_ - 1);
    if (stop == position_) return;
    set_position(stop);
    Q_EMIT scrubbed(stop);
}

void ScheduleTrack::forget_layers() {
    layers_ = {};
    update();
}

const ScheduleTrack::Layers& ScheduleTrack::layers() {
    const double ratio = devicePixelRatioF();
    if (!layers_.behind.isNull() && layers_.behind.devicePixelRatio() == ratio) return layers_;
    const auto drawn = [&](const auto& draw) {
        QPixmap layer((QSizeF(size()) * ratio).toSize());
        layer.setDevicePixelRatio(ratio);
        layer.fill(Qt::transparent);
        QPainter painter(&layer);
        painter.setRenderHint(QPainter::Antialiasing);
        draw(painter);
        return layer;
    };
    const QColor blue = theme_.series(0);
    layers_.behind = drawn([this](QPainter& painter) {
        curve_.draw_axes(painter);
        painter.setPen(QPen(theme_.colour(Colour::muted), 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.setOpacity(0.5);
        painter.drawPath(curve_.path());
    });
    layers_.reached = drawn([&](QPainter& painter) {
        painter.setPen(QPen(blue, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPath(curve_.path());
    });
    layers_.tint = drawn([&](QPainter& painter) {
        QColor tint = blue;
        tint.setAlphaF(0.12f);
        painter.fillPath(curve_.area(), tint);
    });
    return layers_;
}

void ScheduleTrack::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (curve_.empty()) return;
    painter.drawPixmap(0, 0, layers().behind);
    if (reached_ > 0) draw_reached(painter);
    draw_dots(painter);
    if (reached_ > 0) draw_handle(painter);
}

/// The part of the curve that has been sampled, and a tint below it up to the handle.
void ScheduleTrack::draw_reached(QPainter& painter) {
    const double first = point_of(0).x();
    const auto draw_up_to = [&](double x, const QPixmap& layer) {
        painter.setClipRect(QRectF(std::min(first, x), 0, std::abs(x - first), height()));
        painter.drawPixmap(0, 0, layer);
    };
    painter.save();
    draw_up_to(point_of(reached_ - 1).x(), layers().reached);
    draw_up_to(point_of(position_).x(), layers().tint);
    painter.restore();
}

void ScheduleTrack::draw_dots(QPainter& painter) const {
    const QColor blue = theme_.series(0);
    const double radius = space::tight / 2.0;
    const auto dot = [&](int t, bool reached) {
        painter.setPen(QPen(reached ? blue : theme_.colour(Colour::muted), 1));
        painter.setBrush(reached ? blue : theme_.colour(Colour::panel));
        painter.drawEllipse(curve_.point_at(t), radius, radius);
    };
    if (planned_.size() <= dots_shown)
        for (const int t : planned_) dot(t, false);
    if (stops_.size() <= dots_shown)
        for (int i = 0; i < reached_; ++i) dot(stops_[static_cast<std::size_t>(i)], true);
}

void ScheduleTrack::draw_handle(QPainter& painter) const {
    const QColor blue = theme_.series(0);
    const QPointF handle = point_of(position_);
    painter.setPen(QPen(blue, 1));
    painter.drawLine(handle, QPointF(handle.x(), curve_.bottom()));
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
    // With the focus, the track handles its keys before the shortcuts of the window that use the same keys.
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
