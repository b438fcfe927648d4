#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "engine/data/dataset.h"

namespace denoise {

/// For each image, the index of an earlier one that it duplicates and that is no duplicate itself; -1: none.
///
/// `identical` images have the same pixels. `similar` images are also compared after they have been reduced
/// to at most 8 x 8 and to 16 x 16 pixels: their root mean square difference there is at most 7 % and 12 %
/// of the standard deviation of their values. This finds copies that were saved or scaled again, but not
/// those that were cropped, mirrored or edited. Throws Cancelled after a stop request.
std::vector<std::int64_t> find_duplicates(const ImageBatch& images, DatasetConfig::Duplicates kind,
                                          const LoadProgress& progress = {},
                                          const std::stop_token& stop = {});

}  // namespace denoise
