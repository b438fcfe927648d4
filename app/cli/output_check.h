#pragma once

#include <filesystem>
#include <string>

namespace denoise::cli {

// Checks of the paths that a command writes, before its work, which can take minutes. All throw Error.

/// That a file can be written: its folder exists and is writable, its name is not too long, nothing but a
/// regular file is replaced, and it does not belong to a run.
void check_output_file(const std::filesystem::path& path);
/// The same, and that the name ends in `ending`, such as ".npy".
void check_output_file(const std::filesystem::path& path, const std::string& ending);

/// That a folder is writable and empty, or can be created, and does not belong to a run.
void check_output_folder(const std::filesystem::path& path);
/// That a new run can be created in a folder, which may contain other files.
void check_run_folder(const std::filesystem::path& path);

}  // namespace denoise::cli
