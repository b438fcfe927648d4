#pragma once

#include "engine/data/dataset.h"

namespace denoise {

/// Adds images of the same size at the end. `images` may be empty.
void append_images(ImageBatch& images, const ImageBatch& more);

}  // namespace denoise
