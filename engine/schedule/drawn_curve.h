#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace denoise {

/// A point of a noise schedule that was drawn by hand.
struct CurvePoint {
    double position = 0;  ///< 0: the first timestep, 1: the last one
    double log_snr = 0;   ///< log(alpha_bar / (1 - alpha_bar)), natural logarithm

    bool operator==(const CurvePoint&) const = default;
};

/// The limits of a curve: at most this many points, log SNR within +-, and the smallest distances between
/// neighbours.
inline constexpr std::size_t most_points = 24;
inline constexpr double largest_log_snr = 20;
inline constexpr double least_advance = 0.005;  ///< of the position
inline constexpr double least_fall = 0.01;      ///< of the log SNR

/// Reads "0:10,0.5:0,1:-10". Throws Error if the text is not a valid curve, see check_points().
std::vector<CurvePoint> parse_points(std::string_view text);
/// The inverse of parse_points().
std::string format_points(const std::vector<CurvePoint>& points);

/// Throws Error unless there are 2 to `most_points` points, from position 0 to 1, that decrease.
void check_points(const std::vector<CurvePoint>& points);

/// log SNR at `count` >= 2 evenly distributed positions from 0 to 1: the monotone cubic through the points
/// (Fritsch & Butland 1984), which decreases everywhere, as the points do.
std::vector<double> curve_through(const std::vector<CurvePoint>& points, int count);

/// The betas with the log SNR of a decreasing curve at each timestep, within [1e-12, 0.999].
std::vector<double> betas_of_curve(const std::vector<double>& log_snr);

/// The points with the point at `index` as near to the given place as its neighbours allow. The first and
/// the last one keep their position.
std::vector<CurvePoint> with_moved_point(std::vector<CurvePoint> points, std::size_t index, CurvePoint place);
/// The points with one more at `position`, on the curve. Unchanged if there is no room.
std::vector<CurvePoint> with_added_point(std::vector<CurvePoint> points, double position);
/// The points without the one at `index`. Unchanged for the first and the last one.
std::vector<CurvePoint> without_point(std::vector<CurvePoint> points, std::size_t index);

/// `count` >= 2 points of a schedule with these values of alpha_bar, as a start for drawing.
std::vector<CurvePoint> points_on(const std::vector<double>& alpha_bar, int count);

}  // namespace denoise
