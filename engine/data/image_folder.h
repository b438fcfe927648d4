#pragma once

#include <stop_token>

#include "engine/data/dataset.h"

namespace denoise {

/// Loads the pictures in the folder `config.dataset` and all folders below it; the folders of the first level
/// are the classes, or those inside train/ where the folder is made of train/ and test/ or val/ alone.
/// Pictures that cannot be read are skipped and listed. Throws Error when none is left, and Cancelled after a
/// stop.
Dataset load_image_folder(const DatasetConfig& config, const LoadProgress& progress = {},
                          const std::stop_token& stop = {});

}  // namespace denoise
