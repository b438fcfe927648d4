#include "engine/base/file_stamp.h"

namespace denoise {

std::string file_stamp(const std::filesystem::path& file) {
    std::error_code code;
    const auto time = std::filesystem::last_write_time(file, code);
    if (code) return {};
    const auto bytes = std::filesystem::file_size(file, code);
    if (code) return {};
    return file.string() + " " + std::to_string(time.time_since_epoch().count()) + " " +
           std::to_string(bytes);
}

}  // namespace denoise
