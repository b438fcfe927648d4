#include "engine/schedule/drawn_curve.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/base/setting.h"

namespace denoise {
namespace {

constexpr double smallest_beta = 1e-12;  // so that alpha_bar decreases in double precision, too
constexpr double largest_beta = 0.999;

[[noreturn]] void refuse(const std::string& why) {
    throw Error{"Cannot create the noise schedule", why,
                "Write the points as position:log SNR, such as 0:10,0.5:0,1:-10", "schedule_points"};
}

std::string number_text(double number) {
    return format_setting(SettingValue(number));
}

std::string described(const CurvePoint& point) {
    return number_text(point.position) + ":" + number_text(point.log_snr);
}

double number_in(std::string_view text, std::string_view point) {
    SettingInfo any;
    any.kind = SettingKind::real;
    any.minimum = -1e9;
    any.maximum = 1e9;
    try {
        return std::get<double>(parse_setting(any, text));
    } catch (const Error&) {
        refuse("\"" + std::string(point) + "\" in schedule_points is not a position and a log SNR");
    }
}

/// A difference of decimal numbers may be smaller by the rounding of double precision.
bool at_least(double difference, double least) {
    return difference >= least * (1 - 1e-6);
}

/// The slope of the curve in an inner point, between the slopes of the two pieces beside it.
double inner_slope(double width_before, double width_after, double slope_before, double slope_after) {
    const double w1 = 2 * width_after + width_before, w2 = width_after + 2 * width_before;
    return (w1 + w2) / (w1 / slope_before + w2 / slope_after);
}

/// The slope in the first or last point from a parabola through three points, limited so that the cubic
/// stays monotone.
double end_slope(double width, double next_width, double slope, double next_slope) {
    const double parabola = ((2 * width + next_width) * slope - width * next_slope) / (width + next_width);
    if (parabola * slope <= 0) return 0;
    return std::abs(parabola) > 3 * std::abs(slope) ? 3 * slope : parabola;
}

}  // namespace

void check_points(const std::vector<CurvePoint>& points) {
    if (points.size() < 2 || points.size() > most_points)
        refuse("schedule_points has " + std::to_string(points.size()) + " points, and 2 to " +
               std::to_string(most_points) + " are possible");
    if (points.front().position != 0 || points.back().position != 1)
        refuse("the points of schedule_points must begin at position 0 and end at position 1");
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (!(std::abs(points[i].log_snr) <= largest_log_snr))
            refuse("the log SNR of the point " + described(points[i]) + " is not between -20 and 20");
        if (i == 0) continue;
        const std::string pair = described(points[i - 1]) + " and " + described(points[i]);
        if (!at_least(points[i].position - points[i - 1].position, least_advance))
            refuse("the position must increase by at least " + number_text(least_advance) +
                   " between the points " + pair);
        if (!at_least(points[i - 1].log_snr - points[i].log_snr, least_fall))
            refuse("the log SNR must decrease by at least " + number_text(least_fall) +
                   " between the points " + pair);
    }
}

std::vector<CurvePoint> parse_points(std::string_view text) {
    std::vector<CurvePoint> points;
    while (!text.empty() && points.size() <= most_points) {
        const std::size_t comma = std::min(text.find(','), text.size());
        const std::string_view point = text.substr(0, comma);
        const std::size_t colon = point.find(':');
        if (colon == std::string_view::npos)
            refuse("\"" + std::string(point) + "\" in schedule_points is not a position and a log SNR");
        points.push_back(
            {number_in(point.substr(0, colon), point), number_in(point.substr(colon + 1), point)});
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    check_points(points);
    return points;
}

std::string format_points(const std::vector<CurvePoint>& points) {
    std::string text;
    for (const CurvePoint& point : points) text += (text.empty() ? "" : ",") + described(point);
    return text;
}

std::vector<double> curve_through(const std::vector<CurvePoint>& points, int count) {
    const std::size_t pieces = points.size() - 1;
    std::vector<double> width(pieces), mean_slope(pieces), slope(points.size());
    for (std::size_t i = 0; i < pieces; ++i) {
        width[i] = points[i + 1].position - points[i].position;
        mean_slope[i] = (points[i + 1].log_snr - points[i].log_snr) / width[i];
    }
    if (pieces == 1) {
        slope = {mean_slope[0], mean_slope[0]};
    } else {
        slope.front() = end_slope(width[0], width[1], mean_slope[0], mean_slope[1]);
        slope.back() =
            end_slope(width[pieces - 1], width[pieces - 2], mean_slope[pieces - 1], mean_slope[pieces - 2]);
        for (std::size_t i = 1; i < pieces; ++i)
            slope[i] = inner_slope(width[i - 1], width[i], mean_slope[i - 1], mean_slope[i]);
    }
    std::vector<double> values(static_cast<std::size_t>(count));
    std::size_t piece = 0;
    for (int t = 0; t < count; ++t) {
        const double position = static_cast<double>(t) / (count - 1);
        while (piece + 1 < pieces && position >= points[piece + 1].position) ++piece;
        const double s = (position - points[piece].position) / width[piece];
        // The cubic Hermite polynomial with the given values and slopes at both ends of the piece.
        const double fall = points[piece + 1].log_snr - points[piece].log_snr;
        values[static_cast<std::size_t>(t)] =
            points[piece].log_snr + fall * s * s * (3 - 2 * s) +
            width[piece] * s * (1 - s) * (slope[piece] * (1 - s) - slope[piece + 1] * s);
    }
    return values;
}

std::vector<double> betas_of_curve(const std::vector<double>& log_snr) {
    std::vector<double> beta(log_snr.size());
    for (std::size_t t = 0; t < beta.size(); ++t) {
        // 1 - alpha_bar_t / alpha_bar_{t-1}, in a form without cancellation; alpha_bar before t = 0 is 1.
        const double noise = std::exp(-log_snr[t]);
        const double exact =
            t == 0 ? noise / (1 + noise)
                   : std::exp(-log_snr[t - 1]) * std::expm1(log_snr[t - 1] - log_snr[t]) / (1 + noise);
        beta[t] = std::clamp(exact, smallest_beta, largest_beta);
    }
    return beta;
}

std::vector<CurvePoint> with_moved_point(std::vector<CurvePoint> points, std::size_t index,
                                         CurvePoint place) {
    CurvePoint& point = points.at(index);
    // Short numbers, for the text form.
    place = {std::round(place.position * 1000) / 1000, std::round(place.log_snr * 100) / 100};
    const bool first = index == 0, last = index + 1 == points.size();
    if (!first && !last) {
        const double low = points[index - 1].position + least_advance;
        const double high = points[index + 1].position - least_advance;
        if (low <= high) point.position = std::clamp(place.position, low, high);
    }
    const double low = last ? -largest_log_snr : points[index + 1].log_snr + least_fall;
    const double high = first ? largest_log_snr : points[index - 1].log_snr - least_fall;
    if (low <= high) point.log_snr = std::clamp(place.log_snr, low, high);
    return points;
}

std::vector<CurvePoint> with_added_point(std::vector<CurvePoint> points, double position) {
    if (points.size() >= most_points) return points;
    constexpr int fine = 2001;  // positions that are multiples of 0.0005
    const double rounded = std::round(position * (fine - 1)) / (fine - 1);
    if (!(rounded > 0 && rounded < 1)) return points;
    const std::vector<double> curve = curve_through(points, fine);
    const double exact = curve[static_cast<std::size_t>(std::lround(rounded * (fine - 1)))];
    std::vector<CurvePoint> more = points;
    more.insert(std::ranges::find_if(more, [&](const CurvePoint& each) { return each.position > rounded; }),
                {rounded, std::round(exact * 1000) / 1000});
    try {
        check_points(more);
    } catch (const Error&) {
        return points;  // too near to another point
    }
    return more;
}

std::vector<CurvePoint> without_point(std::vector<CurvePoint> points, std::size_t index) {
    if (index > 0 && index + 1 < points.size())
        points.erase(points.begin() + static_cast<std::ptrdiff_t>(index));
    return points;
}

std::vector<CurvePoint> points_on(const std::vector<double>& alpha_bar, int count) {
    const double last = static_cast<double>(alpha_bar.size() - 1);
    // A schedule with zero terminal SNR ends at log SNR = -infinity.
    const auto log_snr = [&](std::size_t t) {
        return std::clamp(std::log(alpha_bar[t]) - std::log1p(-alpha_bar[t]), -largest_log_snr,
                          largest_log_snr);
    };
    const double first = log_snr(0), whole = std::max(first - log_snr(alpha_bar.size() - 1), least_fall);
    // Half of the way is over the timesteps, and half down the curve, so that more points are where it is
    // steep.
    const auto way = [&](std::size_t t) {
        return (static_cast<double>(t) / last + (first - log_snr(t)) / whole) / 2;
    };
    constexpr double apart = 4 * least_advance;  // far enough to be grabbed one by one
    static_assert(apart * most_points < 1);
    std::vector<CurvePoint> points;
    std::size_t t = 0;
    for (int i = 0; i < count; ++i) {
        while (t + 1 < alpha_bar.size() && way(t) < static_cast<double>(i) / (count - 1) - 1e-9) ++t;
        const double low = points.empty() ? 0 : points.back().position + apart;
        const double high = 1 - apart * (count - 1 - i);
        const double rounded = std::round(1000.0 * static_cast<double>(t) / last) / 1000;
        const double position = i == 0 ? 0 : i + 1 == count ? 1 : std::clamp(rounded, low, high);
        const double value = log_snr(static_cast<std::size_t>(std::lround(position * last)));
        points.push_back({position, std::round(value * 1000) / 1000});
    }
    // Rounding and the limits may make neighbours equal.
    for (std::size_t i = 1; i < points.size(); ++i)
        points[i].log_snr = std::min(points[i].log_snr, points[i - 1].log_snr - least_fall);
    for (std::size_t i = points.size(); i-- > 0;) {
        const double floor = i + 1 == points.size() ? -largest_log_snr : points[i + 1].log_snr + least_fall;
        points[i].log_snr = std::max(points[i].log_snr, floor);
    }
    return points;
}

}  // namespace denoise
