#pragma once

#include "engine/data/dataset.h"
#include "tests/fuzz/input_file.h"

namespace denoise::fuzz {

/// Ends the program if the parts of a dataset that was loaded do not fit together.
inline void expect_consistent(const Dataset& dataset) {
    const ImageBatch& images = dataset.images;
    const auto count = static_cast<std::size_t>(images.count);
    expect(images.count > 0 && images.pixels.size() == count * images.image_size(),
           "the number of pixels matches the size of the images");
    expect(dataset.labels.size() == count, "an image has one label");
    for (const std::int64_t label : dataset.labels)
        expect(label >= 0 && static_cast<std::size_t>(label) < dataset.class_names.size(),
               "a label is the index of a class");
}

}  // namespace denoise::fuzz
