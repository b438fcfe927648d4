#include "engine/base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "engine/base/error.h"

namespace denoise {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& why) {
    throw Error{"Cannot read " + path.filename().string(), path.string() + ": " + why, "Make the file again"};
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path, std::uint64_t size)
    : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    struct stat status {};
    if (descriptor_ < 0) fail(path, std::strerror(errno));
    const bool is_whole = ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode) &&
                          static_cast<std::uint64_t>(status.st_size) == size && size > 0;
    void* memory = is_whole ? ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor_, 0) : MAP_FAILED;
    if (memory == MAP_FAILED) {
        const std::string why = is_whole ? std::strerror(errno) : "it does not have the expected size";
        ::close(descriptor_);
        fail(path, why);
    }
    data_ = static_cast<const std::uint8_t*>(memory);
    size_ = size;
    guard_.emplace(memory, size);
    // Images are used in random order. Reading ahead would push out others when not all fit into memory,
    // which can be limited in more ways than this program knows.
    ::madvise(memory, size, MADV_RANDOM);
}

MappedFile::~MappedFile() {
    guard_.reset();
    ::munmap(const_cast<std::uint8_t*>(data_), size_);
    ::close(descriptor_);
}

bool MappedFile::intact() const {
    struct stat status {};
    return !guard_->has_failed() && ::fstat(descriptor_, &status) == 0 &&
           static_cast<std::uint64_t>(status.st_size) >= size_;
}

}  // namespace denoise
