#include "engine/base/local_time.h"

namespace denoise {

std::string local_time(const char* format, std::time_t time) {
    std::tm parts{};
    ::localtime_r(&time, &parts);
    char text[64];
    return {text, std::strftime(text, sizeof text, format, &parts)};
}

}  // namespace denoise
