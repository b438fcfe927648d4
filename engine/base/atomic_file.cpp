#include "engine/base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "engine/base/error.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, int error_number) {
    const char* remedy = "Check that the folder exists and that you can write to it";
    if (error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG)
        remedy = "Free some disk space or choose another folder; the previous file has not been changed";
    throw Error{"Cannot write " + path.filename().string(),
                path.string() + ": " + std::strerror(error_number), remedy};
}

}  // namespace

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)) {
    temporary_ = path_;
    temporary_ += ".tmp-" + std::to_string(::getpid());
    descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor_ < 0) fail(path_, errno);
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
    std::error_code code;
    if (fs::is_directory(path, code))
        throw Error{"Cannot read " + path.filename().string(), path.string() + ": it is a folder",
                    "Choose a file"};
    errno = 0;
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        throw Error{"Cannot read " + path.filename().string(),
                    path.string() + ": " + std::strerror(errno != 0 ? errno : ENOENT),
                    "Check the file name and the permissions"};
    const auto size = fs::file_size(path, code);
    if (!code && size > limit)
        throw Error{"Cannot read " + path.filename().string(),
                    path.string() + ": it is too large (" + std::to_string(size) + " bytes, the limit is " +
                        std::to_string(limit) + ")",
                    "Choose another file"};
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

}  // namespace denoise
