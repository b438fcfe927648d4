#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

namespace denoise {

/// A file that appears whole or not at all: bytes go to a temporary name beside `path`; commit() fsyncs it,
/// renames it over `path` and fsyncs the folder. Destroyed without commit(), it removes the temporary file.
/// Every member throws Error naming the file and the system's reason (a full disk, no permission ...).
class AtomicFile {
  public:
    explicit AtomicFile(std::filesystem::path path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(const void* data, std::size_t size);
    void commit();
    /// Where the bytes are until commit(), for writers that want a name (libraries with their own I/O).
    const std::filesystem::path& temporary_path() const { return temporary_; }

  private:
    std::filesystem::path path_;
    std::filesystem::path temporary_;
    int descriptor_ = -1;
};

/// Writes `text` to `path` through an AtomicFile.
void write_text_file(const std::filesystem::path& path, std::string_view text);

/// The whole of a file. Throws Error when it cannot be read or is larger than `limit` bytes.
std::string read_text_file(const std::filesystem::path& path, std::size_t limit = 64u << 20);

}  // namespace denoise
