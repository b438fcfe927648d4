#include "ui/picture/pixel_scale.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

namespace denoise::ui {
namespace {

/// `image` with pixels of halves / 2 device pixels, for an odd number of halves. This is the image enlarged
/// by `halves`, of which each square of two by two becomes its mean.
QImage with_halves(const QImage& image, int halves, QSize size) {
    const int channels = image.depth() / 8;
    QImage out(size, image.format());
    // The two pixels whose halves make up each device pixel; most often, they are the same.
    std::vector<std::pair<int, int>> columns;
    for (int x = 0; x < size.width(); ++x) columns.emplace_back(2 * x / halves, (2 * x + 1) / halves);
    const uchar *upper_before = nullptr, *lower_before = nullptr;
    for (int y = 0; y < size.height(); ++y) {
        const uchar* upper = image.constScanLine(2 * y / halves);
        const uchar* lower = image.constScanLine((2 * y + 1) / halves);
        uchar* target = out.scanLine(y);
        if (upper == std::exchange(upper_before, upper) && lower == std::exchange(lower_before, lower)) {
            std::memcpy(target, out.constScanLine(y - 1), static_cast<std::size_t>(size.width() * channels));
            continue;
        }
        for (const auto& [left, right] : columns)
            for (int c = 0; c < channels; ++c) {
                const int l = left * channels + c, r = right * channels + c;
                *target++ = static_cast<uchar>((upper[l] + upper[r] + lower[l] + lower[r] + 2) / 4);
            }
    }
    return out;
}

}  // namespace

PixelScale PixelScale::fitting(QSize image, QSize room, bool smooth) {
    PixelScale scale;
    if (image.isEmpty()) return scale;
    const QSize space = room.expandedTo({1, 1});
    if (smooth) {
        scale.smooth_ = std::min(static_cast<double>(space.width()) / image.width(),
                                 static_cast<double>(space.height()) / image.height());
        return scale;
    }
    scale.halves_ =
        std::max(2, std::min(2 * space.width() / image.width(), 2 * space.height() / image.height()));
    const auto divided = [](int length, int available) { return (2 * length + available - 1) / available; };
    if (scale.halves_ == 2)
        scale.divisor_ =
            std::max({2, divided(image.width(), space.width()), divided(image.height(), space.height())});
    return scale;
}

QSize PixelScale::applied_to(QSize image) const {
    if (smooth_ > 0)
        return QSize(static_cast<int>(image.width() * smooth_ + 1e-6),
                     static_cast<int>(image.height() * smooth_ + 1e-6))
            .expandedTo({1, 1});
    if (divisor_ == 2) return {image.width() * halves_ / 2, image.height() * halves_ / 2};
    return {(2 * image.width() + divisor_ - 1) / divisor_, (2 * image.height() + divisor_ - 1) / divisor_};
}

QImage PixelScale::scaled(const QImage& image) const {
    const QSize size = applied_to(image.size());
    if (smooth_ > 0) return image.scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
    if (divisor_ == 2 && halves_ % 2 == 1 && !image.isNull()) return with_halves(image, halves_, size);
    return image.scaled(size);
}

void PixelScale::draw(QPainter& painter, QPoint top_left, const QImage& image) const {
    if (smooth_ > 0 || (divisor_ == 2 && halves_ % 2 == 1)) return painter.drawImage(top_left, scaled(image));
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(QRect(top_left, applied_to(image.size())), image);
}

}  // namespace denoise::ui
