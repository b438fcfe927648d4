#include "engine/data/append_images.h"

namespace denoise {

void append_images(ImageBatch& images, const ImageBatch& more) {
    if (images.count == 0) {
        images = more;
        return;
    }
    images.count += more.count;
    images.pixels.insert(images.pixels.end(), more.pixels.begin(), more.pixels.end());
}

}  // namespace denoise
