#include "ui/picture/pixel_scale.h"

#include <algorithm>

namespace denoise::ui {

PixelScale PixelScale::fitting(QSize image, QSize room) {
    PixelScale scale;
    if (image.isEmpty()) return scale;
    const QSize space = room.expandedTo({1, 1});
    scale.multiple_ = std::max(1, std::min(space.width() / image.width(), space.height() / image.height()));
    const auto divided = [](int length, int available) { return (length + available - 1) / available; };
    scale.divisor_ = scale.multiple_ > 1 ? 1
                                         : std::max(divided(image.width(), space.width()),
                                                    divided(image.height(), space.height()));
    return scale;
}

QSize PixelScale::applied_to(QSize image) const {
    if (divisor_ == 1) return image * multiple_;
    return {(image.width() + divisor_ - 1) / divisor_, (image.height() + divisor_ - 1) / divisor_};
}

void PixelScale::draw(QPainter& painter, QPoint top_left, const QImage& image) const {
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(QRect(top_left, applied_to(image.size())), image);
}

}  // namespace denoise::ui
