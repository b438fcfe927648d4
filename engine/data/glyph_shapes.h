#pragma once

#include <span>

namespace denoise {

struct Point {
    float x = 0;
    float y = 0;
    bool operator==(const Point&) const = default;
};

/// One movement of the pen through points of the unit square (y down): a smooth curve with a corner wherever
/// a point stands twice.
using Stroke = std::span<const Point>;

/// One way to write a class.
using Glyph = std::span<const Stroke>;

/// A class with the ways in which people write it.
struct GlyphClass {
    const char* name;
    std::span<const Glyph> variants;
    float pen = 1;    ///< how thick the pen is against a digit's: figures with fine parts need a finer one
    float slant = 1;  ///< how far it leans against a digit
};

/// The digits 0 to 9 and six shapes.
std::span<const GlyphClass> glyph_classes();

}  // namespace denoise
