#include "engine/data/byte_reader.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/base/error.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& cause, const std::string& remedy) {
    throw Error{"Cannot read " + path.filename().string(), path.string() + ": " + cause, remedy};
}

}  // namespace

ByteReader::ByteReader(fs::path path) : path_(std::move(path)) {
    std::error_code code;
    const fs::file_status status = fs::status(path_, code);
    if (fs::exists(status) && !fs::is_regular_file(status))
        fail(path_, "it is not an ordinary file", "Choose a file");
    const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) fail(path_, std::strerror(errno), "Check the file name and the permissions");
    file_ = ::gzdopen(descriptor, "rb");
    if (!file_) {
        ::close(descriptor);
        fail(path_, "there is not enough memory to read it", "Close other programs and try again");
    }
    ::gzbuffer(file_, 1u << 18);
    const std::uintmax_t size = fs::file_size(path_, code);
    // Deflate compresses at most 1032 bytes into one (zlib Technical Details).
    most_bytes_ = code ? 0 : ::gzdirect(file_) ? size : size * 1032;
}

ByteReader::~ByteReader() {
    ::gzclose(file_);
}

std::size_t ByteReader::read(void* target, std::size_t size) {
    constexpr std::size_t piece = 1u << 30;  // gzread() returns an int
    std::size_t filled = 0;
    while (filled < size) {
        const int got = ::gzread(file_, static_cast<char*>(target) + filled,
                                 static_cast<unsigned>(std::min(size - filled, piece)));
        if (got > 0) filled += static_cast<std::size_t>(got);
        int problem = Z_OK;
        ::gzerror(file_, &problem);
        if (problem == Z_BUF_ERROR)
            fail(path_, "the gzip data ends early; the file is cut short", "Download or copy the file again");
        if (problem == Z_ERRNO) fail(path_, std::strerror(errno), "Check the disk and the permissions");
        if (problem != Z_OK) fail(path_, "the gzip data is damaged", "Download or copy the file again");
        if (got <= 0) break;
    }
    return filled;
}

}  // namespace denoise
