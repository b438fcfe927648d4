#pragma once

#include <string>

namespace denoise {

/// A time as far as an estimate deserves: "10 s", "5 min", "1.5 h". From 90 s on in minutes, from 90 minutes
/// on in hours.
std::string rough_duration(double seconds);

}  // namespace denoise
