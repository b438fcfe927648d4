#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/base/pixel_buffer.h"

namespace denoise {

/// An 8-bit picture with interleaved pixels, [H,W,C], from top to bottom. C is 1 (grey) or 3 (RGB).
struct Picture {
    int width = 0;
    int height = 0;
    int channels = 0;
    std::vector<std::uint8_t> pixels;

    bool empty() const { return pixels.empty(); }
    bool operator==(const Picture&) const = default;
};

/// 8-bit images of the same size in planar order, [N,C,H,W].
struct ImageBatch {
    std::int64_t count = 0;
    int channels = 0;
    int height = 0;
    int width = 0;
    PixelBuffer pixels;

    std::size_t image_size() const {
        return static_cast<std::size_t>(channels) * static_cast<std::size_t>(height) *
               static_cast<std::size_t>(width);
    }
    const std::uint8_t* image(std::int64_t index) const {
        return pixels.data() + static_cast<std::size_t>(index) * image_size();
    }
    bool empty() const { return count == 0; }
    bool operator==(const ImageBatch&) const = default;
};

/// Image `index` of `batch` as a picture. Throws std::out_of_range.
Picture picture_of(const ImageBatch& batch, std::int64_t index);

/// Pictures of the same size and number of channels as a batch. Throws std::invalid_argument if they differ.
ImageBatch batch_of(const std::vector<Picture>& pictures);

/// The size of grid_of() in pixels, which can be more than fits into memory.
struct GridSize {
    std::int64_t width = 0, height = 0;
};
GridSize grid_size(std::int64_t count, int width, int height, int columns = 0, int gap = 2);

/// All images of `batch` in rows of `columns` images (0: as square as possible), with `gap` pixels of the
/// grey value `backdrop` between and around them.
Picture grid_of(const ImageBatch& batch, int columns = 0, int gap = 2, std::uint8_t backdrop = 0x79);

/// The number of columns that grid_of() uses for `count` images if `columns` is 0.
int square_columns(std::int64_t count);

}  // namespace denoise
