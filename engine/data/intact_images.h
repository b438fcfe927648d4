#pragma once

#include "engine/base/picture.h"

namespace denoise {

/// Call it after reading images that may be those of a mapped file, which other programs can damage. Throws
/// Error if not all of them could be read: what was read must then not be used.
void require_intact(const ImageBatch& images);

}  // namespace denoise
