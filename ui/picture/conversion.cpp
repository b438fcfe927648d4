#include "ui/picture/conversion.h"

#include <QPainter>
#include <algorithm>

namespace denoise::ui {

QImage to_image(const Picture& picture) {
    if (picture.empty()) return {};
    const bool grey = picture.channels == 1;
    QImage image(picture.width, picture.height, grey ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
    const auto row_bytes =
        static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.channels);
    for (int y = 0; y < picture.height; ++y)
        std::copy_n(picture.pixels.data() + static_cast<std::size_t>(y) * row_bytes, row_bytes,
                    image.scanLine(y));
    return image;
}

Picture from_image(const QImage& image) {
    if (image.isNull()) return {};
    QImage opaque = image;
    if (image.hasAlphaChannel()) {
        opaque = QImage(image.size(), QImage::Format_RGB32);
        opaque.fill(Qt::white);
        QPainter(&opaque).drawImage(0, 0, image);
    }
    const bool grey = opaque.isGrayscale();
    opaque = opaque.convertToFormat(grey ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
    Picture picture{opaque.width(), opaque.height(), grey ? 1 : 3, {}};
    const auto row_bytes =
        static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.channels);
    picture.pixels.resize(row_bytes * static_cast<std::size_t>(picture.height));
    for (int y = 0; y < picture.height; ++y)
        std::copy_n(opaque.constScanLine(y), row_bytes,
                    picture.pixels.data() + static_cast<std::size_t>(y) * row_bytes);
    return picture;
}

ImageBatch batch_of(const Picture& picture) {
    if (picture.empty()) return {};
    ImageBatch batch{1, picture.channels, picture.height, picture.width, {}};
    batch.pixels.resize(picture.pixels.size());
    const std::size_t plane = picture.pixels.size() / static_cast<std::size_t>(picture.channels);
    for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
        const auto channels = static_cast<std::size_t>(picture.channels);
        batch.pixels[i % channels * plane + i / channels] = picture.pixels[i];
    }
    return batch;
}

}  // namespace denoise::ui
