#include "ui/picture/pixel_canvas.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int magnification = 8;

}  // namespace

PixelCanvas::PixelCanvas(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::CrossCursor);
    setAccessibleName(tr("Magnified picture"));
}

void PixelCanvas::set_image(const QImage& image) {
    image_ = image;
    setFixedSize(image.size() * magnification);
    update();
}

void PixelCanvas::set_pixel(QPoint pixel) {
    if (!image_.rect().contains(pixel)) pixel = {-1, -1};
    if (pixel == pixel_) return;
    pixel_ = pixel;
    update();
    Q_EMIT pixel_changed(pixel);
}

void PixelCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.drawImage(rect(), image_);
    if (pixel_.x() < 0) return;
    // Two rings, so that the frame is visible on black and on white.
    const QRect frame(pixel_ * magnification, QSize(magnification, magnification));
    painter.setPen(theme_.colour(Colour::panel));
    painter.drawRect(frame.adjusted(-2, -2, 1, 1));
    painter.setPen(theme_.colour(Colour::accent));
    painter.drawRect(frame.adjusted(-1, -1, 0, 0));
}

void PixelCanvas::mouseMoveEvent(QMouseEvent* event) {
    set_pixel({event->pos().x() / magnification, event->pos().y() / magnification});
}

void PixelCanvas::leaveEvent(QEvent*) {
    set_pixel({-1, -1});
}

void PixelCanvas::keyPressEvent(QKeyEvent* event) {
    QPoint step;
    switch (event->key()) {
        case Qt::Key_Left:
            step = {-1, 0};
            break;
        case Qt::Key_Right:
            step = {1, 0};
            break;
        case Qt::Key_Up:
            step = {0, -1};
            break;
        case Qt::Key_Down:
            step = {0, 1};
            break;
        default:
            return QWidget::keyPressEvent(event);
    }
    const QPoint target = pixel_.x() < 0 ? QPoint(0, 0) : pixel_ + step;
    if (image_.rect().contains(target)) set_pixel(target);
}

}  // namespace denoise::ui
