#pragma once

#include <QPointF>
#include <vector>

namespace denoise::ui {

/// Thins `points` (sorted by x) for a plot from `first` to `last` that is `columns` pixels wide: keeps the
/// lowest and the highest point of each column, in their order. Of the points outside, only the nearest on
/// each side is kept.
std::vector<QPointF> thinned(const std::vector<QPointF>& points, double first, double last, int columns);

/// Cuts a line at `first` and `last`, so that it does not leave the plot in files that have no clipping.
std::vector<QPointF> cut(std::vector<QPointF> points, double first, double last);

/// At most `most` multiples in [low, high] of `step`, which is 1, 2 or 5 times a power of ten.
struct Ticks {
    std::vector<double> values;
    double step = 1;
};
Ticks round_ticks(double low, double high, int most);

/// At most `most` powers of ten in [low, high] (both > 0); if fewer than two fit, values of the form 1, 2 or
/// 5 times a power of ten.
Ticks log_ticks(double low, double high, int most);

}  // namespace denoise::ui
