#include "app/cli/output_check.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/runs/run_files.h"
#include "engine/runs/run_folder.h"

namespace denoise::cli {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_folder(const fs::path& path, int error_number) {
    throw Error{
        "Cannot create the folder", path.string() + ": " + std::strerror(error_number),
        error_number == ENAMETOOLONG ? "Choose a shorter name" : "Choose a folder with write permission"};
}

/// Whether something exists at `path`. Throws Error if the system refuses the path, and for a symbolic link
/// to nothing.
bool exists(const fs::path& path, const fs::path& whole) {
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    if (status.type() == fs::file_type::none) fail_folder(whole, code.value());
    if (!fs::exists(status) && fs::is_symlink(path, code))
        throw Error{"Cannot create the folder",
                    whole.string() + ": " + path.filename().string() + " is a symbolic link to nothing",
                    "Remove the link, or choose another name"};
    return fs::exists(status);
}

/// That a folder is writable, or can be created, and does not belong to a run.
void check_folder(const fs::path& path) {
    require_outside_runs(path);
    std::error_code code;
    const fs::path whole = fs::absolute(path, code).lexically_normal();
    if (code) fail_folder(path, code.value());  // the working directory has been deleted
    fs::path above = whole.has_filename() ? whole : whole.parent_path();  // "folder/"
    while (!exists(above, path)) above = above.parent_path();
    if (!fs::is_directory(above, code)) fail_folder(path, ENOTDIR);
    if (::access(above.c_str(), W_OK | X_OK) != 0) fail_folder(path, errno);
}

}  // namespace

void check_output_file(const fs::path& path) {
    require_outside_runs(path);
    check_can_write(path);
}

void check_output_file(const fs::path& path, const std::string& ending) {
    if (path.extension() != ending)
        throw Error{"Cannot write " + path.filename().string(),
                    path.string() + ": the name does not end in " + ending,
                    "Choose a name such as out" + ending};
    check_output_file(path);
}

void check_run_folder(const fs::path& path) {
    check_folder(path);
    if (is_run_folder(path))
        throw Error{"Cannot start a new run", path.string() + ": it already contains a run",
                    "Resume this run, or choose another folder"};
}

void check_output_folder(const fs::path& path) {
    check_folder(path);
    std::error_code code;
    if (fs::is_directory(path, code) && !fs::is_empty(path, code))
        throw Error{"Cannot write to this folder",
                    path.string() + ": the folder is not empty, and it should contain nothing but the output",
                    "Empty it, or choose another folder"};
}

}  // namespace denoise::cli
