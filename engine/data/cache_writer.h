#pragma once

#include <atomic>
#include <filesystem>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/data/cached_images.h"

namespace denoise {

/// An open file; closed by the destructor.
class CacheFile {
  public:
    /// Throws CacheUnavailable.
    CacheFile(std::filesystem::path path, int flags);
    ~CacheFile();
    CacheFile(const CacheFile&) = delete;
    CacheFile& operator=(const CacheFile&) = delete;

    /// Throws CacheUnavailable.
    void write(const void* data, std::size_t size, std::uint64_t offset);
    /// Takes the space on the disk, so that there is enough later. Throws CacheUnavailable.
    void reserve(std::uint64_t size);
    void shorten(std::uint64_t size);
    /// Whether all bytes could be read.
    bool read(void* data, std::size_t size, std::uint64_t offset) const;

  private:
    [[noreturn]] void fail(int error_number) const;

    std::filesystem::path path_;
    int descriptor_;
};

/// Decodes the pictures of a dataset into an entry of the cache, whose lock is held. Continues an entry that
/// was cut off: images whose checksums are intact are not decoded again.
class CacheWriter {
  public:
    CacheWriter(PictureDecoding& decoding, const ImageCacheSettings& settings, const std::string& key,
                const CacheLock& lock, LoadProgress progress, std::stop_token stop);

    /// Throws CacheUnavailable, for which the entry is removed, Cancelled, and what the decoding throws.
    void write();

  private:
    void remove_left_overs() const;
    bool continue_entry();
    void begin_entry();
    void require_space(std::uint64_t already_there) const;
    void check_written(CacheFile& data, const std::vector<CacheRecord>& records);
    void decode_rest(CacheFile& data, CacheFile& log);
    void finish(CacheFile& data);
    /// Copies what is kept into a file without gaps. Returns the checksums.
    std::vector<std::uint64_t> compact(const CacheFile& data, const ImageShape& after);

    PictureDecoding& decoding_;
    const ImageCacheSettings& settings_;
    const std::string& key_;
    const CacheLock& lock_;
    const LoadProgress progress_;
    const std::stop_token stop_;
    const std::filesystem::path folder_;

    CacheProgress begun_;
    std::uint64_t log_size_ = 0;
    std::vector<std::uint64_t> checksums_;  ///< of each picture
    std::vector<char> written_, coloured_;  ///< of each picture
    std::mutex log_mutex_;
    bool has_read_headers_ = false;
};

/// Whether `file` has these images and nothing else.
bool has_checksums(const std::filesystem::path& file, const ImageShape& shape,
                   const std::vector<std::uint64_t>& checksums, const LoadProgress& progress,
                   const std::stop_token& stop);

/// A progress for a part of the work, which reports it for the whole: part 0 of 2 is the first half.
/// `progress` must live as long.
LoadProgress part_of_progress(const LoadProgress& progress, int part, int parts, std::size_t pictures);

}  // namespace denoise
