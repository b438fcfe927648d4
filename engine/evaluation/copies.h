#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/picture.h"

namespace denoise {

/// A sample counts as a copy if its distance from the nearest training image is at most this part of that
/// from the second nearest (Yoon et al. 2023, Gu et al. 2023). A new image is about as far from both.
inline constexpr double copy_ratio = 1.0 / 3;

/// How many of `samples` are copies of one of the images of `references` at `indices`, by the Euclidean
/// distance of the pixels. Of identical images in `references`, only one counts. 0 for fewer than two images.
std::int64_t count_copies(const ImageBatch& samples, const ImageBatch& references,
                          const std::vector<std::int64_t>& indices);

}  // namespace denoise
