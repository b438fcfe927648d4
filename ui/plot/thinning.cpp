#include "ui/plot/thinning.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace denoise::ui {

std::vector<QPointF> thinned(const std::vector<QPointF>& points, double first, double last, int columns) {
    const auto before = [](const QPointF& point, double x) { return point.x() < x; };
    auto begin = std::lower_bound(points.begin(), points.end(), first, before);
    auto end = std::upper_bound(points.begin(), points.end(), last,
                                [](double x, const QPointF& point) { return x < point.x(); });
    if (begin != points.begin()) --begin;
    if (end != points.end()) ++end;
    if (columns < 1 || end - begin <= 2 * columns) return {begin, end};

    std::vector<QPointF> kept;
    kept.reserve(static_cast<std::size_t>(2 * columns) + 2);
    const double scale = columns / std::max(last - first, 1e-300);
    for (auto at = begin; at != end;) {
        const double column = std::floor((at->x() - first) * scale);
        auto low = at, high = at;
        for (; at != end && std::floor((at->x() - first) * scale) == column; ++at) {
            if (at->y() < low->y()) low = at;
            if (at->y() > high->y()) high = at;
        }
        kept.push_back(*std::min(low, high));
        if (low != high) kept.push_back(*std::max(low, high));
    }
    return kept;
}

std::vector<QPointF> cut(std::vector<QPointF> points, double first, double last) {
    const auto at = [](const QPointF& a, const QPointF& b, double x) {
        return QPointF(x, a.y() + (b.y() - a.y()) * (x - a.x()) / (b.x() - a.x()));
    };
    const std::size_t n = points.size();
    if (n < 2) return points;
    if (points[0].x() < first && points[1].x() >= first) points[0] = at(points[0], points[1], first);
    if (points[n - 1].x() > last && points[n - 2].x() <= last)
        points[n - 1] = at(points[n - 2], points[n - 1], last);
    return points;
}

Ticks round_ticks(double low, double high, int most) {
    Ticks ticks;
    const double span = high - low;
    if (!(span > 0) || !std::isfinite(span) || most < 1) return ticks;
    // In a smaller range, a double cannot represent distinct ticks.
    if (span < 1e-12 * std::max(std::abs(low), std::abs(high))) return ticks;
    double power = std::pow(10.0, std::floor(std::log10(span / most)) - 1);
    for (;; power *= 10)
        for (const double digit : {1.0, 2.0, 5.0}) {
            ticks.step = digit * power;
            const double start = std::ceil(low / ticks.step - 1e-9),
                         stop = std::floor(high / ticks.step + 1e-9);
            if (stop - start + 1 > most) continue;
            for (double i = start; i <= stop; ++i) ticks.values.push_back(i * ticks.step);
            return ticks;
        }
}

Ticks log_ticks(double low, double high, int most) {
    Ticks ticks;
    if (!(low > 0) || !(high > low) || !std::isfinite(high)) return ticks;
    const int first = static_cast<int>(std::ceil(std::log10(low) - 1e-9));
    const int last = static_cast<int>(std::floor(std::log10(high) + 1e-9));
    if (last - first >= 1) {
        const int stride = (last - first) / most + 1;
        for (int power = first; power <= last; power += stride) ticks.values.push_back(std::pow(10.0, power));
        ticks.step = ticks.values.front();
        return ticks;
    }
    for (int power = first - 1; power <= last; ++power)
        for (const double digit : {1.0, 2.0, 5.0}) {
            const double value = digit * std::pow(10.0, power);
            if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) ticks.values.push_back(value);
        }
    if (ticks.values.size() < 2) return round_ticks(low, high, most);
    while (ticks.values.size() > static_cast<std::size_t>(std::max(most, 2))) {
        std::vector<double> every_other;
        for (std::size_t i = 0; i < ticks.values.size(); i += 2) every_other.push_back(ticks.values[i]);
        ticks.values = std::move(every_other);
    }
    ticks.step = ticks.values.front();
    return ticks;
}

}  // namespace denoise::ui
