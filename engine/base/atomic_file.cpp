#include "engine/base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <random>
#include <sstream>

#include "engine/base/error.h"
#include "engine/base/regular_file.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, int error_number) {
    const char* remedy = "Check that the folder exists and that you can write to it";
    if (error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG)
        remedy = "Free some disk space or choose another folder; the previous file has not been changed";
    if (error_number == ENAMETOOLONG) remedy = "Choose a shorter name";
    throw Error{"Cannot write " + path.filename().string(),
                path.string() + ": " + std::strerror(error_number), remedy};
}

/// written_file(). Throws Error also for what must not be replaced.
fs::path target_of(const fs::path& path) {
    const fs::path target = written_file(path);
    std::error_code code;
    const fs::file_status status = fs::status(target, code);
    if (fs::is_directory(status)) fail(path, EISDIR);
    if (fs::exists(status) && !fs::is_regular_file(status))
        throw Error{"Cannot write " + path.filename().string(),
                    path.string() + ": it is a device or a pipe, not a file", "Choose another name"};
    return target;
}

}  // namespace

fs::path written_file(const fs::path& path) {
    constexpr int most_links = 40;  // as in Linux
    fs::path target = path;
    std::error_code code;
    for (int i = 0; fs::is_symlink(target, code); ++i) {
        const fs::path next = fs::read_symlink(target, code);
        if (code) fail(path, code.value());
        if (i == most_links) fail(path, ELOOP);
        target = target.parent_path() / next;  // just `next` if it is absolute
    }
    return target;
}

void check_can_write(const fs::path& path) {
    const AtomicFile unused(path);
}

fs::path temporary_path_in(const fs::path& folder) {
    std::random_device random;
    char name[32];
    std::snprintf(name, sizeof name, ".tmp-%08x%08x", random(), random());
    return folder / name;
}

AtomicFile::AtomicFile(fs::path path) : path_(target_of(path)) {
    constexpr int attempts = 10;
    // rename() would only report this at the end, when the work is done.
    const bool too_long = path_.filename().native().size() > NAME_MAX;
    for (int i = 0; i < attempts && descriptor_ < 0; ++i) {
        temporary_ = temporary_path_in(path_.parent_path());
        descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
        if (descriptor_ < 0 && errno != EEXIST) break;
    }
    if (descriptor_ < 0) fail(path_, errno);
    // From here on, an exception would leave the file behind, as there is no destructor yet.
    if (too_long) fail_and_remove(ENAMETOOLONG);
}

void AtomicFile::fail_and_remove(int error_number) {
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
    fail(path_, error_number);
}

AtomicFile::~AtomicFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(temporary_.c_str());
}

void AtomicFile::write(const void* data, std::size_t size) {
    const char* bytes = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t written = ::write(descriptor_, bytes, size);
        if (written < 0) {
            if (errno == EINTR) continue;
            fail(path_, errno);
        }
        bytes += written;
        size -= static_cast<std::size_t>(written);
    }
}

void AtomicFile::commit() {
    if (::fsync(descriptor_) != 0) fail(path_, errno);
    if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail(path_, errno);
    ::close(descriptor_);
    descriptor_ = -1;
    // Without this, a power failure could undo the renaming.
    const fs::path folder = path_.has_parent_path() ? path_.parent_path() : fs::path(".");
    const int folder_descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_descriptor >= 0) {
        ::fsync(folder_descriptor);
        ::close(folder_descriptor);
    }
}

void write_text_file(const fs::path& path, std::string_view text) {
    AtomicFile file(path);
    file.write(text.data(), text.size());
    file.commit();
}

std::string read_text_file(const fs::path& path, std::size_t limit) {
    require_regular_file(path);
    errno = 0;
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        throw Error{"Cannot read " + path.filename().string(),
                    path.string() + ": " + std::strerror(errno != 0 ? errno : ENOENT),
                    "Check the file name and the permissions"};
    std::error_code code;
    const auto size = fs::file_size(path, code);
    if (!code && size > limit)
        throw Error{"Cannot read " + path.filename().string(),
                    path.string() + ": it is too large (" + std::to_string(size) + " bytes, the limit is " +
                        std::to_string(limit) + ")",
                    "Choose another file"};
    std::ostringstream text;
    errno = 0;
    text << stream.rdbuf();
    // The stream only says that nothing or not everything was written to `text`.
    if (text.fail() && !code && size > 0)
        throw Error{"Cannot read " + path.filename().string(),
                    path.string() + ": " + std::strerror(errno != 0 ? errno : EIO), "Check the disk"};
    return text.str();
}

}  // namespace denoise
