#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace denoise {

/// A file in an archive.
struct ArchiveEntry {
    std::string name;           ///< with '/' between folders; never absolute
    std::int64_t position = 0;  ///< number of entries before it, with folders
    std::uint64_t size = 0;     ///< as the archive says, which may be wrong
    std::string problem = {};   ///< why it cannot be read; empty if it can
};

/// Reads a zip file, or a tar file which may be compressed with gzip, xz, zstd or bzip2, from the first entry
/// to the last. Nothing is unpacked to disk.
class ArchiveReader {
  public:
    /// Throws Error if the file is not an archive, or is damaged or encrypted as a whole.
    explicit ArchiveReader(std::filesystem::path path, std::stop_token stop = {});
    ~ArchiveReader();
    ArchiveReader(ArchiveReader&&) noexcept;

    /// The next file; folders are passed over. Throws Error if the archive is damaged or cut short, and
    /// Cancelled after a stop request.
    std::optional<ArchiveEntry> next();

    /// Reads up to `size` bytes of the content of the last entry. Less is returned only at its end. Throws
    /// Error.
    std::size_t read(void* target, std::size_t size);

    /// The rest of the content of the last entry. Throws Error, also if it has more than `limit` bytes.
    std::string read_all(std::uint64_t limit);

    /// Whether an error in one entry, which read() reported, ended the reader.
    bool has_ended() const;

    /// Whether entries can be passed over without decompressing them.
    bool skips_quickly() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Whether the content of the file begins like an archive that ArchiveReader reads. Never throws.
bool is_archive(const std::filesystem::path& path);

/// A path into an archive, such as "/data/set.zip/train/1.png".
struct ArchivePath {
    std::filesystem::path archive;
    std::string entry;
};

/// Splits the path if it leads into an archive, that is, if it begins with the path of a regular file.
std::optional<ArchivePath> split_archive_path(const std::filesystem::path& path);

/// A reader at the entry. Throws Error if the archive has none with this name, and Cancelled.
ArchiveReader open_entry(const ArchivePath& path, ArchiveEntry& entry, const std::stop_token& stop = {});

}  // namespace denoise
