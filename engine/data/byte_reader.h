#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

struct gzFile_s;

namespace denoise {

/// Reads a file front to back and unpacks gzip on the way when the content, not the name, says gzip.
class ByteReader {
  public:
    /// Throws Error when there is no such file or it cannot be read.
    explicit ByteReader(std::filesystem::path path);
    ~ByteReader();
    ByteReader(const ByteReader&) = delete;
    ByteReader& operator=(const ByteReader&) = delete;

    /// Reads `size` bytes, fewer only at the end. Throws Error for gzip data that is cut short or damaged.
    std::size_t read(void* target, std::size_t size);

    /// More bytes than this cannot come out of the file, whatever its header claims.
    std::uintmax_t most_bytes() const { return most_bytes_; }

  private:
    std::filesystem::path path_;
    gzFile_s* file_ = nullptr;
    std::uintmax_t most_bytes_ = 0;
};

}  // namespace denoise
