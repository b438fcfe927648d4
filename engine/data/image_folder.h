#pragma once

#include <stop_token>

#include "engine/data/dataset.h"

namespace denoise {

/// Loads the pictures in the folder `config.dataset` and its subfolders. The subfolders of the first level
/// are the classes. If the folder contains only train/ and test/ or val/, the subfolders of train/ are the
/// classes. Pictures that cannot be read are skipped and listed. Throws Error if no picture can be read, and
/// Cancelled after a stop request.
Dataset load_image_folder(const DatasetConfig& config, const LoadProgress& progress = {},
                          const std::stop_token& stop = {});

}  // namespace denoise
