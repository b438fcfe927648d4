#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

struct gzFile_s;

namespace denoise {

/// Reads a file sequentially. Decompresses it if its content is in gzip format, whatever its name is.
class ByteReader {
  public:
    /// Throws Error if the file does not exist or cannot be read.
    explicit ByteReader(std::filesystem::path path);
    ~ByteReader();
    ByteReader(const ByteReader&) = delete;
    ByteReader& operator=(const ByteReader&) = delete;

    /// Reads `size` bytes, or fewer at the end of the file. Throws Error if gzip data is truncated or
    /// damaged.
    std::size_t read(void* target, std::size_t size);

    /// An upper limit for the number of bytes that can be read from the file.
    std::uintmax_t most_bytes() const { return most_bytes_; }

  private:
    std::filesystem::path path_;
    gzFile_s* file_ = nullptr;
    std::uintmax_t most_bytes_ = 0;
};

}  // namespace denoise
