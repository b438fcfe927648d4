#pragma once

#include <filesystem>
#include <vector>

#include "engine/base/picture.h"

namespace denoise {

/// Writes an animated GIF that loops forever, completely or not at all. Each frame is shown for `delay_ms`,
/// the last one for `last_ms`. `scale` enlarges the frames by an integer factor. Grey frames are exact;
/// colour frames share a palette of at most 256 colours. All frames must have the same size. Throws Error.
void write_gif(const std::vector<Picture>& frames, const std::filesystem::path& path, int delay_ms = 40,
               int last_ms = 1500, int scale = 1);

}  // namespace denoise
