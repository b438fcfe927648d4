#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "engine/formats/picture_integrity.h"

namespace denoise {

/// Fills `target` with the bytes of a file from `offset` on. Returns how many there are.
using ReadAt = std::function<std::size_t(std::uint64_t offset, std::span<std::uint8_t> target)>;

/// The EXIF orientation of a PNG (chunk eXIf) or a WebP (chunk EXIF), in [1, 8]; 1 if there is none, if it is
/// damaged, and for other formats, of which Qt applies it itself. The numbers are those of Exif 2.32, section
/// 4.6.4: 6 means that the stored picture has to be turned right by 90 degrees.
int exif_orientation(PictureFormat format, const ReadAt& read);

/// Whether the chunks of a PNG before its pixels end within its `size` bytes. libpng takes memory for what a
/// chunk says about its length, up to 2 GB.
bool has_whole_png_chunks(const ReadAt& read, std::uint64_t size);

/// Whether a JPEG is stored row by row, so that it can be decoded without its coefficients in memory.
bool is_baseline_jpeg(const ReadAt& read);

/// The orientation in EXIF data, which begin with a TIFF header.
int orientation_in_exif(std::span<const std::uint8_t> exif);

}  // namespace denoise
