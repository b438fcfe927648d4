#include "engine/runs/sample_figures.h"

#include <algorithm>
#include <cmath>

namespace denoise {

ImageFigures figures_of(const ImageBatch& images) {
    ImageFigures figures;
    if (images.empty()) return figures;
    const auto channels = static_cast<std::size_t>(images.channels);
    const std::size_t area = images.image_size() / channels;
    std::vector<double> sums(channels, 0.0);
    double squares = 0;
    std::int64_t clipped = 0;
    for (std::int64_t i = 0; i < images.count; ++i)
        for (std::size_t c = 0; c < channels; ++c) {
            const std::uint8_t* const plane = images.image(i) + c * area;
            std::uint64_t sum = 0, square = 0;
            for (std::size_t p = 0; p < area; ++p) {
                const std::uint32_t value = plane[p];
                sum += value;
                square += std::uint64_t{value} * value;
                clipped += value == 0 || value == 255;
            }
            sums[c] += static_cast<double>(sum);
            squares += static_cast<double>(square);
        }
    const double of_channel = static_cast<double>(images.count) * static_cast<double>(area);
    const double all = of_channel * static_cast<double>(channels);
    double mean = 0;
    for (const double sum : sums) {
        figures.mean.push_back(sum / of_channel / 255);
        mean += sum / all;
    }
    figures.spread = std::sqrt(std::max(0.0, squares / all - mean * mean)) / 255;
    figures.clipped = static_cast<double>(clipped) / all;
    return figures;
}

}  // namespace denoise
