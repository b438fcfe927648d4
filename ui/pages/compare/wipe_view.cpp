#include "ui/pages/compare/wipe_view.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/picture/pixel_scale.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr double small_step = 0.02, large_step = 0.1;
constexpr int handle_radius = space::control;
constexpr int line_width = space::tight / 2;

bool moves_divider(int key) {
    return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Home || key == Qt::Key_End;
}

}  // namespace

WipeView::WipeView(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::SplitHCursor);
    setAccessibleName(tr("Divider between A and B"));
    setToolTip(tr("Drag the divider across the pictures, or move it with the arrow keys"));
    describe();
    connect(&theme_, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void WipeView::set_pictures(const QImage& a, const QImage& b) {
    a_ = a;
    b_ = b;
    update();
}

void WipeView::set_empty_text(const QString& sentence) {
    if (sentence == empty_text_) return;
    empty_text_ = sentence;
    describe();
    update();
}

void WipeView::set_share(double share) {
    share_ = std::clamp(share, 0.0, 1.0);
    describe();
    update();
}

void WipeView::describe() {
    setAccessibleDescription(a_.isNull() ? empty_text_
                                         : tr("A takes %1 % of the width").arg(std::lround(100 * share_)));
}

QRectF WipeView::picture_rect() const {
    if (a_.isNull()) return {};
    const double ratio = devicePixelRatioF();
    const QSize room = (QSizeF(size()) * ratio).toSize();
    const QSize drawn = PixelScale::fitting(a_.size(), room).applied_to(a_.size());
    const QPoint origin((room.width() - drawn.width()) / 2, (room.height() - drawn.height()) / 2);
    return {QPointF(origin) / ratio, QSizeF(drawn) / ratio};
}

QSize WipeView::sizeHint() const {
    return {10 * space::target, 10 * space::target};
}

QSize WipeView::minimumSizeHint() const {
    return {4 * space::target, 4 * space::target};
}

void WipeView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const bool empty = a_.isNull() || b_.isNull();
    painter.fillRect(rect(), theme_.colour(empty ? Colour::panel : Colour::backdrop));
    if (empty) {
        painter.setPen(theme_.colour(Colour::muted));
        painter.setFont(theme_.body());
        painter.drawText(rect().adjusted(space::group, space::group, -space::group, -space::group),
                         Qt::AlignCenter | Qt::TextWordWrap, empty_text_);
    } else {
        const QRectF pictures = picture_rect();
        const double ratio = devicePixelRatioF();
        const PixelScale scale = PixelScale::fitting(a_.size(), (QSizeF(size()) * ratio).toSize());
        const QPoint origin = (pictures.topLeft() * ratio).toPoint();
        painter.save();
        painter.scale(1 / ratio, 1 / ratio);
        scale.draw(painter, origin, b_);
        painter.setClipRect(QRectF(origin, QSizeF(share_ * pictures.width(), pictures.height()) * ratio));
        scale.draw(painter, origin, a_);
        painter.restore();
        draw_divider(painter, pictures);
    }
    if (!hasFocus()) return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme_.colour(Colour::accent), line_width, Qt::SolidLine, Qt::SquareCap));
    const double half = line_width / 2.0;
    painter.drawRect(QRectF(rect()).adjusted(half, half, -half, -half));
}

void WipeView::draw_divider(QPainter& painter, const QRectF& pictures) const {
    const double x = pictures.left() + share_ * pictures.width();
    painter.setRenderHint(QPainter::Antialiasing);
    // An edge around the line, so that it is visible on black and on white.
    const auto line = [&](Colour colour, double width) {
        painter.setPen(QPen(theme_.colour(colour), width, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(QPointF(x, pictures.top()), QPointF(x, pictures.bottom()));
    };
    line(Colour::panel, 2 * line_width);
    line(Colour::accent, line_width);
    painter.setPen(QPen(theme_.colour(Colour::panel), line_width));
    painter.setBrush(theme_.colour(Colour::accent));
    painter.drawEllipse(QPointF(x, pictures.center().y()), handle_radius, handle_radius);
    // The letters stay at the outer edges, where the divider rarely is.
    painter.setFont(theme_.caption());
    const QFontMetrics metrics(theme_.caption());
    const auto letter = [&](const QString& text, double left) {
        const QRectF chip(left, pictures.top() + space::tight, metrics.height() + space::tight,
                          metrics.height());
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme_.colour(Colour::panel));
        painter.drawRoundedRect(chip, space::tight, space::tight);
        painter.setPen(theme_.colour(Colour::text));
        painter.drawText(chip, Qt::AlignCenter, text);
    };
    letter(tr("A"), pictures.left() + space::tight);
    letter(tr("B"), pictures.right() - 2 * space::tight - metrics.height());
}

void WipeView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
    mouseMoveEvent(event);
}

void WipeView::mouseMoveEvent(QMouseEvent* event) {
    const QRectF pictures = picture_rect();
    if (!(event->buttons() & Qt::LeftButton) || pictures.isEmpty()) return;
    set_share((event->position().x() - pictures.left()) / pictures.width());
}

bool WipeView::event(QEvent* event) {
    // With the focus, these keys move the divider instead of triggering the shortcuts of the window.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (moves_divider(key->key()) && !(key->modifiers() & ~Qt::ShiftModifier)) event->accept();
    }
    return QWidget::event(event);
}

void WipeView::keyPressEvent(QKeyEvent* event) {
    const double step = event->modifiers() & Qt::ShiftModifier ? large_step : small_step;
    switch (event->key()) {
        case Qt::Key_Left:
            return set_share(share_ - step);
        case Qt::Key_Right:
            return set_share(share_ + step);
        case Qt::Key_Home:
            return set_share(0);
        case Qt::Key_End:
            return set_share(1);
        default:
            QWidget::keyPressEvent(event);
    }
}

}  // namespace denoise::ui
