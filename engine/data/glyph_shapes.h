#pragma once

#include <span>

namespace denoise {

struct Point {
    float x = 0;
    float y = 0;
    bool operator==(const Point&) const = default;
};

/// A smooth curve through points of the unit square, with y pointing down. A point that occurs twice in a row
/// makes a corner.
using Stroke = std::span<const Point>;

/// One way to write a digit or shape.
using Glyph = std::span<const Stroke>;

/// A class with the different ways to write it.
struct GlyphClass {
    const char* name;
    std::span<const Glyph> variants;
    float pen = 1;    ///< thickness of the pen relative to digits; smaller for shapes with fine details
    float slant = 1;  ///< amount of slant relative to digits
};

/// The digits 0 to 9 and six shapes.
std::span<const GlyphClass> glyph_classes();

}  // namespace denoise
