#pragma once

#include <QImage>

#include "engine/base/picture.h"

namespace denoise::ui {

/// A copy of `picture` as a grey or RGB888 image.
QImage to_image(const Picture& picture);
/// The reverse of to_image(); transparent pixels are drawn on white.
Picture from_image(const QImage& image);

/// `picture` as a batch of one image.
ImageBatch batch_of(const Picture& picture);

}  // namespace denoise::ui
