#pragma once

#include <filesystem>
#include <string>

namespace denoise {

/// Throws Error with `remedy` if something exists at `path` that is not a regular file, such as a folder, a
/// pipe or a device. Opening or reading it could take forever. Symbolic links are followed.
void require_regular_file(const std::filesystem::path& path, const std::string& remedy = "Choose a file");

}  // namespace denoise
