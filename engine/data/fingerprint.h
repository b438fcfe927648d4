#pragma once

#include <filesystem>
#include <string>

#include "engine/data/dataset.h"

namespace denoise {

/// Dataset::fingerprint: a hash of shape, pixels and labels. Reads all pixels.
std::string fingerprint_of(const Dataset& dataset);

/// The same for a dataset whose images are those of an entry of the cache. It is kept with the entry, so that
/// the pixels, which have just been compared with their checksums, are read only the first time.
std::string fingerprint_of_cached(const Dataset& dataset, const std::filesystem::path& entry);

}  // namespace denoise
