#pragma once

#include <cstdint>
#include <stop_token>

#include "engine/data/dataset.h"

namespace denoise {

/// Width and height of the built-in images in pixels.
inline constexpr int glyph_side = 28;

/// The default number of images in the built-in dataset.
inline constexpr std::int64_t default_glyph_count = 20'000;

/// The class of built-in image `index`, in [0, 16).
std::int64_t glyph_label(std::int64_t index);

/// Draws built-in image `index` into glyph_side x glyph_side bytes: a handwritten digit or shape in white on
/// black. The image depends only on the index.
void draw_glyph(std::int64_t index, std::uint8_t* pixels);

/// The built-in dataset "Glyphs" with the images 0 .. count-1. Throws Error if it is too large, and Cancelled
/// after a stop request.
Dataset make_glyphs(std::int64_t count, const LoadProgress& progress = {}, const std::stop_token& stop = {});

}  // namespace denoise
