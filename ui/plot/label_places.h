#pragma once

#include <vector>

namespace denoise::ui {

/// The upper edges of labels of the given height beside the ends of lines, which are at `ends`: as near as
/// possible to them, none over another, all between `top` and `bottom`. A label for which there is no room is
/// at NaN; the first ones are the most important.
std::vector<double> place_labels(const std::vector<double>& ends, double height, double top, double bottom);

}  // namespace denoise::ui
