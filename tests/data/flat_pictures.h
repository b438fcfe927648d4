#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/data/dataset.h"
#include "tests/support/files.h"

namespace denoise::test {

/// A grey picture of one brightness, by which tests know it again in a dataset.
inline Picture flat(std::uint8_t grey, int width = 8, int height = 8) {
    return {width, height, 1, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height), grey)};
}

/// flat() as the bytes of a PNG file.
inline std::string flat_png(std::uint8_t grey) {
    return encoded(qt_image(flat(grey)), "png");
}

/// The brightness of the images of a dataset of flat pictures, in their order.
inline std::vector<int> brightness(const Dataset& dataset) {
    std::vector<int> values;
    for (std::int64_t i = 0; i < dataset.images.count; ++i) values.push_back(dataset.images.image(i)[0]);
    return values;
}

}  // namespace denoise::test
