#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "engine/data/dataset.h"

namespace denoise {

/// One value for each image.
struct FoundDuplicates {
    /// The index of an earlier image that it duplicates and that is no duplicate itself; -1: none.
    std::vector<std::int64_t> originals;
    /// Whether it is like the mirror image of that one, and not like itself.
    std::vector<bool> is_mirrored;
};

/// `identical` images have the same pixels. `similar` images are those of ReducedImages: copies that were
/// saved or scaled again are found, but not those that were cropped, mirrored or edited. `mirrored` also
/// finds copies whose left and right are exchanged. Uses all processors, on whose number the result does not
/// depend. Throws Error if the images cannot be read, and Cancelled after a stop request.
FoundDuplicates find_duplicates(const ImageBatch& images, DatasetConfig::Duplicates kind,
                                const LoadProgress& progress = {}, const std::stop_token& stop = {});

}  // namespace denoise
