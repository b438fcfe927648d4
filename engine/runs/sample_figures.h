#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/picture.h"

namespace denoise {

/// Figures of a set of images as a whole.
struct ImageFigures {
    std::vector<double> mean;  ///< of each channel, 0 .. 1
    double spread = 0;         ///< standard deviation of all pixels, 0 .. 1
    double clipped = 0;        ///< fraction of the values that are at the ends of the range, 0 and 255
    bool operator==(const ImageFigures&) const = default;
};

/// Of an empty set: all zero, without channels.
ImageFigures figures_of(const ImageBatch& images);

/// Samples of a model compared with the images of its dataset.
struct SampleFigures {
    ImageFigures samples, data;
    std::int64_t count = 0;  ///< of samples
    /// Samples that are at most a third as far from the nearest training image as from the second nearest, in
    /// the space of pixels (Yoon et al. 2023, Gu et al. 2023).
    std::int64_t copied = 0;
    bool operator==(const SampleFigures&) const = default;
};

}  // namespace denoise
