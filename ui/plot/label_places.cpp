#include "ui/plot/label_places.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace denoise::ui {

std::vector<double> place_labels(const std::vector<double>& ends, double height, double top, double bottom) {
    std::vector<double> places(ends.size(), std::numeric_limits<double>::quiet_NaN());
    const auto rooms = static_cast<std::size_t>(std::max(0.0, std::floor((bottom - top) / height + 1e-9)));
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < std::min(ends.size(), rooms); ++i) order.push_back(i);
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return ends[i]; });
    double least = top;
    for (const std::size_t i : order) {  // downwards, each below the one before
        places[i] = std::max(least, ends[i] - height / 2);
        least = places[i] + height;
    }
    double most = bottom - height;
    for (auto at = order.rbegin(); at != order.rend(); ++at) {  // and upwards again, from the bottom
        places[*at] = std::min(most, places[*at]);
        most = places[*at] - height;
    }
    return places;
}

}  // namespace denoise::ui
