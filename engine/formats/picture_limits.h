#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "engine/formats/picture_integrity.h"

namespace denoise {

/// The largest picture, or frame of an animation, that is read or written.
inline constexpr std::int64_t most_pixels = 64'000'000;

/// The format in which write_picture() writes `path`, by its extension; nothing for other extensions.
std::optional<PictureFormat> written_format(const std::filesystem::path& path);

/// Throws Error if a picture or a frame of this size cannot be written in this format.
void check_picture_size(const std::filesystem::path& path, PictureFormat format, std::int64_t width,
                        std::int64_t height);

/// Throws Error if write_picture() cannot write a picture of this size to `path`, because of its extension or
/// its size. Returns the format.
PictureFormat check_picture(const std::filesystem::path& path, std::int64_t width, std::int64_t height);

}  // namespace denoise
