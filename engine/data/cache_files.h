#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace denoise {

// The files of a decoded dataset in the cache. All numbers have the byte order of this computer, because the
// cache is not meant to be moved.

/// Change it when the files change, or when the same picture becomes other pixels.
inline constexpr std::uint64_t cache_format = 1;

struct ImageShape {
    int channels = 0, height = 0, width = 0;
    std::uint64_t bytes() const {
        return static_cast<std::uint64_t>(channels) * static_cast<std::uint64_t>(height) *
               static_cast<std::uint64_t>(width);
    }
    bool operator==(const ImageShape&) const = default;
};

/// The pictures that could not be read: index and reason.
using NumberedProblems = std::vector<std::pair<std::uint32_t, std::string>>;

/// The checksum of an image at `position` in its file, so that images that change places are noticed too.
std::uint64_t image_checksum(const std::uint8_t* image, std::uint64_t bytes, std::uint64_t position);

/// Written last, when all images are in the cache.
struct CacheIndex {
    std::string source;     ///< the folder or archive, for lists
    std::string data_file;  ///< the name of the file with the images, one after another
    std::uint64_t pictures = 0;
    ImageShape shape;
    NumberedProblems problems;
    std::vector<std::uint64_t> checksums;  ///< of each image; pictures with problems have none

    bool operator==(const CacheIndex&) const = default;
};
std::string encode(const CacheIndex& index);
/// Nothing: it is damaged.
std::optional<CacheIndex> decode_index(const std::string& bytes);

/// The beginning of the file in which the progress is noted.
struct CacheBegin {
    std::string source;
    std::uint64_t pictures = 0;
    ImageShape shape;
    NumberedProblems problems;  ///< of headers

    bool operator==(const CacheBegin&) const = default;
};
/// Follows for each image that has been written, in any order.
struct CacheRecord {
    std::uint32_t index = 0;
    std::uint32_t is_coloured = 0;
    std::uint64_t checksum = 0;  ///< image_checksum(), at `index`
    std::uint64_t own_checksum = 0;
};
std::string encode(const CacheBegin& begin);
CacheRecord make_record(std::uint32_t index, bool is_coloured, std::uint64_t checksum);

struct CacheProgress {
    CacheBegin begin;
    std::vector<CacheRecord> records;  ///< the intact ones
};
/// Nothing: the beginning is damaged. Damaged records, such as a last one that is cut off, are left out.
std::optional<CacheProgress> decode_progress(const std::string& bytes);

/// The content of a file; nothing if it is none or cannot be read.
std::optional<std::string> read_cache_file(const std::filesystem::path& path);

}  // namespace denoise
