#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

namespace denoise {

/// Reads a file sequentially, which may be in an archive ("/data/set.zip/train.bin"). Decompresses it if its
/// content is in gzip format, whatever its name is.
class ByteReader {
  public:
    /// Throws Error if the file does not exist or cannot be read. After a stop request, a file in an archive
    /// throws Cancelled: here, as it can take long to reach, and in read().
    explicit ByteReader(std::filesystem::path path, const std::stop_token& stop = {});
    ~ByteReader();
    ByteReader(const ByteReader&) = delete;
    ByteReader& operator=(const ByteReader&) = delete;

    /// Reads `size` bytes, or fewer at the end of the file. Throws Error if gzip data is truncated or
    /// damaged.
    std::size_t read(void* target, std::size_t size) { return source_->read(target, size); }

    /// An upper limit for the number of bytes that can be read from the file.
    std::uintmax_t most_bytes() const { return source_->most_bytes(); }
    /// Whether most_bytes() is only a limit.
    bool is_compressed() const { return source_->is_compressed(); }

    /// Where the bytes come from.
    class Source {
      public:
        virtual ~Source() = default;
        virtual std::size_t read(void* target, std::size_t size) = 0;
        virtual std::uintmax_t most_bytes() const = 0;
        virtual bool is_compressed() const = 0;
    };

  private:
    std::unique_ptr<Source> source_;
};

/// Whether there is a file of this name, on disk or in an archive. Never throws.
bool is_readable_file(const std::filesystem::path& path);

/// The content of a small text file, on disk or in an archive. Throws Error if it has more than `limit`
/// bytes.
std::string read_small_file(const std::filesystem::path& path, std::size_t limit);

}  // namespace denoise
