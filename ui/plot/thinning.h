#pragma once

#include <QPointF>
#include <vector>

namespace denoise::ui {

/// `points` (x not decreasing) thinned for a plot from `first` to `last` that is `columns` pixels wide: the
/// lowest and the highest point of each column in their order, so that a spike survives; at most two points a
/// column. Points outside are left out but for the nearest on either side, which the line goes on to.
std::vector<QPointF> thinned(const std::vector<QPointF>& points, double first, double last, int columns);

/// At most `most` round values (1, 2 or 5 times a power of ten) in [low, high], and their distance.
struct Ticks {
    std::vector<double> values;
    double step = 1;
};
Ticks round_ticks(double low, double high, int most);

/// Powers of ten in [low, high] (both > 0), at most `most`; where fewer than two fit, 1-2-5 values.
Ticks log_ticks(double low, double high, int most);

}  // namespace denoise::ui
