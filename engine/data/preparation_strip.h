#pragma once

#include <vector>

#include "engine/data/preparation_preview.h"

namespace denoise {

/// A picture of examples in columns: above, the picture in its file; below, the image made from it, enlarged
/// to the same height without smoothing.
Picture before_and_after(const std::vector<PreparedExample>& examples);

}  // namespace denoise
