#include "engine/base/rough_duration.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace denoise {

std::string rough_duration(double seconds) {
    if (seconds < 90) return std::to_string(10 * std::max(1L, std::lround(seconds / 10))) + " s";
    if (seconds < 5400) return std::to_string(std::lround(seconds / 60)) + " min";
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", seconds / 3600);
    std::string hours = text;
    if (hours.ends_with(".0")) hours.resize(hours.size() - 2);
    return hours + " h";
}

}  // namespace denoise
