#pragma once

#include <filesystem>
#include <vector>

#include "engine/base/picture.h"

namespace denoise {

/// Writes an animated GIF that loops for ever, whole or not at all: `delay_ms` per frame, the last one shown
/// for `last_ms`; `scale` enlarges by a whole multiple. Greys are exact; colours share one palette of at most
/// 256 for the whole film. All frames have one size. Throws Error.
void write_gif(const std::vector<Picture>& frames, const std::filesystem::path& path, int delay_ms = 40,
               int last_ms = 1500, int scale = 1);

}  // namespace denoise
