#include "engine/base/picture.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace denoise {
namespace {

/// Copies the planar image `source` [C,H,W] to (left, top) in `target`.
void blit(const std::uint8_t* source, int channels, int height, int width, Picture& target, int left,
          int top) {
    const auto plane = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
    for (int y = 0; y < height; ++y) {
        std::uint8_t* row = target.pixels.data() + (static_cast<std::size_t>(top + y) * target.width + left) *
                                                       static_cast<std::size_t>(channels);
        for (int x = 0; x < width; ++x)
            for (int c = 0; c < channels; ++c)
                *row++ = source[c * plane + static_cast<std::size_t>(y) * width + x];
    }
}

/// The number of columns for `count` images if `columns` are wanted; 0: as square as possible.
int columns_for(std::int64_t count, int columns) {
    if (columns <= 0) return square_columns(count);
    return static_cast<int>(std::clamp<std::int64_t>(columns, 1, std::max<std::int64_t>(count, 1)));
}

}  // namespace

Picture picture_of(const ImageBatch& batch, std::int64_t index) {
    if (index < 0 || index >= batch.count) throw std::out_of_range("picture_of: index out of range");
    Picture picture{batch.width, batch.height, batch.channels, {}};
    picture.pixels.resize(batch.image_size());
    blit(batch.image(index), batch.channels, batch.height, batch.width, picture, 0, 0);
    return picture;
}

ImageBatch batch_of(const std::vector<Picture>& pictures) {
    if (pictures.empty()) return {};
    const Picture& first = pictures.front();
    ImageBatch batch{
        static_cast<std::int64_t>(pictures.size()), first.channels, first.height, first.width, {}};
    for (const Picture& picture : pictures) {
        if (picture.channels != first.channels || picture.height != first.height ||
            picture.width != first.width)
            throw std::invalid_argument("batch_of: pictures of different sizes");
        for (int c = 0; c < picture.channels; ++c)
            for (std::size_t i = static_cast<std::size_t>(c); i < picture.pixels.size();
                 i += static_cast<std::size_t>(picture.channels))
                batch.pixels.push_back(picture.pixels[i]);
    }
    return batch;
}

int square_columns(std::int64_t count) {
    return std::max(1, static_cast<int>(std::ceil(std::sqrt(static_cast<double>(count)))));
}

GridSize grid_size(std::int64_t count, int width, int height, int columns, int gap) {
    const std::int64_t across = columns_for(count, columns), down = (count + across - 1) / across;
    return {across * (width + gap) + gap, down * (height + gap) + gap};
}

Picture grid_of(const ImageBatch& batch, int columns, int gap, std::uint8_t backdrop) {
    if (batch.empty()) return {};
    columns = columns_for(batch.count, columns);
    const GridSize size = grid_size(batch.count, batch.width, batch.height, columns, gap);
    Picture grid{static_cast<int>(size.width), static_cast<int>(size.height), batch.channels, {}};
    grid.pixels.assign(static_cast<std::size_t>(grid.width) * grid.height * grid.channels, backdrop);
    for (std::int64_t i = 0; i < batch.count; ++i) {
        const int column = static_cast<int>(i % columns), row = static_cast<int>(i / columns);
        blit(batch.image(i), batch.channels, batch.height, batch.width, grid,
             gap + column * (batch.width + gap), gap + row * (batch.height + gap));
    }
    return grid;
}

}  // namespace denoise
