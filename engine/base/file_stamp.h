#pragma once

#include <filesystem>
#include <string>

namespace denoise {

/// Changes with the content of a file, whose path, size and time of change it has. Empty if the file cannot
/// be examined.
std::string file_stamp(const std::filesystem::path& file);

}  // namespace denoise
