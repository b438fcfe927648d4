#pragma once

#include <cstdint>
#include <stop_token>

#include "engine/data/dataset.h"

namespace denoise {

/// Side of the built-in images in pixels.
inline constexpr int glyph_side = 28;

/// How many images the built-in set has when nobody asks for a number.
inline constexpr std::int64_t default_glyph_count = 20'000;

/// The class of built-in image `index`, in [0, 16).
std::int64_t glyph_label(std::int64_t index);

/// Draws built-in image `index` into glyph_side x glyph_side bytes: a white handwritten digit or shape on
/// black. It depends on the index alone.
void draw_glyph(std::int64_t index, std::uint8_t* pixels);

/// The built-in set "Glyphs" with images 0 .. count-1. Throws Cancelled.
Dataset make_glyphs(std::int64_t count, const LoadProgress& progress = {}, const std::stop_token& stop = {});

}  // namespace denoise
