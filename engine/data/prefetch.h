#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/picture.h"

namespace denoise {

/// Lets the system read the images at `indices` from the disk, all at the same time, if they are those of a
/// mapped file and not in memory. Returns at once. Otherwise, they would be read one after another when they
/// are used.
void prefetch(const ImageBatch& images, const std::vector<std::int64_t>& indices);

}  // namespace denoise
