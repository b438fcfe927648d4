#include "engine/data/preparation_strip.h"

#include <algorithm>

namespace denoise {
namespace {

constexpr int cell = preview_side / 2, gap = 8;
constexpr std::uint8_t backdrop = 0x79;  // as in grid_of()

/// Draws a picture into the cell at (left, top), in its middle, scaled to fit by repeating or dropping
/// pixels.
void draw(const Picture& picture, Picture& target, int left, int top) {
    if (picture.empty()) return;
    const int longest = std::max(picture.width, picture.height);
    const int width = std::max(1, picture.width * cell / longest);
    const int height = std::max(1, picture.height * cell / longest);
    left += (cell - width) / 2;
    top += (cell - height) / 2;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const auto from = static_cast<std::size_t>(y * picture.height / height * picture.width +
                                                       x * picture.width / width) *
                              static_cast<std::size_t>(picture.channels);
            const auto to = static_cast<std::size_t>((top + y) * target.width + left + x) * 3;
            for (std::size_t c = 0; c < 3; ++c)
                target.pixels[to + c] = picture.pixels[from + (picture.channels == 3 ? c : 0)];
        }
}

}  // namespace

Picture before_and_after(const std::vector<PreparedExample>& examples) {
    const int columns = std::max(1, static_cast<int>(examples.size()));
    Picture strip{columns * (cell + gap) + gap, 2 * (cell + gap) + gap, 3, {}};
    strip.pixels.assign(static_cast<std::size_t>(strip.width) * static_cast<std::size_t>(strip.height) * 3,
                        backdrop);
    for (int i = 0; i < static_cast<int>(examples.size()); ++i) {
        const int left = gap + i * (cell + gap);
        draw(examples[static_cast<std::size_t>(i)].before, strip, left, gap);
        draw(examples[static_cast<std::size_t>(i)].after, strip, left, 2 * gap + cell);
    }
    return strip;
}

}  // namespace denoise
