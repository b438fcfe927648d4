#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <vector>

#include "engine/base/picture.h"

namespace denoise {

/// The images at `indices` as a map of a file without a name in `folder`, for sets that do not fit into
/// memory. The file goes away with the images. Throws Error if the disk is full, and Cancelled.
ImageBatch images_on_disk(const ImageBatch& batch, const std::vector<std::int64_t>& indices,
                          const std::filesystem::path& folder, const std::stop_token& stop = {});

}  // namespace denoise
