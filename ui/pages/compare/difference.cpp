#include "ui/pages/compare/difference.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <numeric>
#include <stdexcept>

#include "ui/plot/heat_map.h"

namespace denoise::ui {
namespace {

constexpr int colours = 3;

}  // namespace

bool comparable(const ImageBatch& a, const ImageBatch& b) {
    return !a.empty() && a.count == b.count && a.channels == b.channels && a.height == b.height &&
           a.width == b.width;
}

Difference difference_of(const ImageBatch& a, const ImageBatch& b) {
    if (!comparable(a, b)) throw std::invalid_argument("images of different sizes");
    Difference result;
    result.amount = {a.count, 1, a.height, a.width, {}};
    const std::size_t plane = a.image_size() / static_cast<std::size_t>(a.channels);
    result.amount.pixels.reserve(static_cast<std::size_t>(a.count) * plane);
    double sum = 0;
    for (std::int64_t n = 0; n < a.count; ++n)
        for (std::size_t i = 0; i < plane; ++i) {
            int total = 0;
            for (int c = 0; c < a.channels; ++c) {
                const std::size_t at = static_cast<std::size_t>(c) * plane + i;
                total += std::abs(a.image(n)[at] - b.image(n)[at]);
            }
            sum += static_cast<double>(total) / a.channels;
            const int mean = (total + a.channels / 2) / a.channels;
            result.largest = std::max(result.largest, mean);
            result.amount.pixels.push_back(static_cast<std::uint8_t>(mean));
        }
    result.mean = sum / static_cast<double>(result.amount.pixels.size());
    return result;
}

ImageBatch heat_map(const ImageBatch& amount, int largest) {
    std::array<std::array<std::uint8_t, colours>, 256> table;
    for (std::size_t value = 0; value < table.size(); ++value) {
        const QColor colour = heat_colour(static_cast<double>(value) / std::max(1, largest));
        table[value] = {static_cast<std::uint8_t>(colour.red()), static_cast<std::uint8_t>(colour.green()),
                        static_cast<std::uint8_t>(colour.blue())};
    }
    ImageBatch map{amount.count, colours, amount.height, amount.width, {}};
    map.pixels.reserve(amount.pixels.size() * colours);
    const std::size_t plane = amount.image_size();
    for (std::int64_t n = 0; n < amount.count; ++n)
        for (std::size_t c = 0; c < colours; ++c)
            for (std::size_t i = 0; i < plane; ++i) map.pixels.push_back(table[amount.image(n)[i]][c]);
    return map;
}

}  // namespace denoise::ui
