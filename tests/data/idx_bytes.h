#pragma once

#include <string>
#include <string_view>

#include "tests/support/files.h"

namespace denoise::test {

/// The content of an IDX file of images whose header may be wrong.
inline std::string idx_images(std::uint32_t count, std::uint32_t height, std::uint32_t width,
                              std::string_view pixels) {
    return big_endian(0x803) + big_endian(count) + big_endian(height) + big_endian(width) +
           std::string(pixels);
}

/// The content of an IDX file of labels whose header may be wrong.
inline std::string idx_labels(std::uint32_t count, std::string_view labels) {
    return big_endian(0x801) + big_endian(count) + std::string(labels);
}

}  // namespace denoise::test
