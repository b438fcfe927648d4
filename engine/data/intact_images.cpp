#include "engine/data/intact_images.h"

#include "engine/base/error.h"

namespace denoise {

void require_intact(const ImageBatch& images) {
    if (!images.pixels.intact())
        throw Error{"Cannot read the images of the dataset",
                    "another program has shortened their file in the cache, or the disk cannot be read",
                    "Load the dataset again, which repairs the cache", "dataset"};
}

}  // namespace denoise
