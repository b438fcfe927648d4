#pragma once

#include "engine/base/picture.h"

namespace denoise::ui {

/// How much two batches of images differ.
struct Difference {
    ImageBatch amount;  ///< [N,1,H,W]: the absolute difference of each pixel, the mean over its channels
    double mean = 0;    ///< over all pixels, 0 .. 255
    int largest = 0;    ///< of `amount`
};

/// Whether two batches can be compared pixel by pixel.
bool comparable(const ImageBatch& a, const ImageBatch& b);

/// Throws std::invalid_argument if the batches are not comparable.
Difference difference_of(const ImageBatch& a, const ImageBatch& b);

/// `amount` in the colours of heat_colour(), where `largest` is the last one.
ImageBatch heat_map(const ImageBatch& amount, int largest);

}  // namespace denoise::ui
