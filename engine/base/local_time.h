#pragma once

#include <ctime>
#include <string>

namespace denoise {

/// A time, by default the current one, as local time in a format of strftime(). Empty if it would be longer
/// than 63 characters.
std::string local_time(const char* format, std::time_t time = std::time(nullptr));

}  // namespace denoise
