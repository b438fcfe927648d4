#include "engine/base/regular_file.h"

#include "engine/base/error.h"

namespace denoise {

namespace fs = std::filesystem;

void require_regular_file(const fs::path& path, const std::string& remedy) {
    std::error_code code;
    const fs::file_status status = fs::status(path, code);
    if (!fs::exists(status) || fs::is_regular_file(status)) return;
    throw Error{
        "Cannot read " + path.filename().string(),
        path.string() + (fs::is_directory(status) ? ": it is a folder" : ": it is not an ordinary file"),
        remedy};
}

}  // namespace denoise
