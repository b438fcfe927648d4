#pragma once

#include <stop_token>

#include "engine/data/dataset.h"
#include "engine/data/file_tree.h"

namespace denoise {

/// Loads the pictures in a folder or archive; picture_layout.h describes which, and their classes. Pictures
/// that cannot be read are skipped and listed. Throws Error if no picture can be read, and Cancelled after a
/// stop request.
Dataset load_pictures(const FileTree& tree, const DatasetConfig& config, const LoadProgress& progress = {},
                      const std::stop_token& stop = {});

}  // namespace denoise
