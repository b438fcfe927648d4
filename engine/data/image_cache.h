#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/cache_lock.h"

namespace denoise {

// Decoded datasets on disk, so that pictures are decoded once, and large sets need not fit into memory. All
// programs of a user share the cache and its limit. Nothing in it is needed: everything can be made again.

struct ImageCacheSettings {
    std::filesystem::path folder;                    ///< empty: no home folder, and so no cache
    std::int64_t limit_bytes = default_cache_limit;  ///< of all entries together; 0: no cache
    /// Sets whose pictures are decoded in less time on one processor are not cached.
    double least_seconds = 3;

    static constexpr std::int64_t default_cache_limit = 20'000'000'000;
};

/// The folder "datasets" in default_cache_folder() with the settings in its settings.json. The environment
/// variable DENOISE_LAB_DATASET_CACHE ("50GB", "off") replaces the limit. Never throws.
ImageCacheSettings image_cache_settings();
/// Whether the environment variable determines the limit.
bool is_cache_limit_from_environment();
/// Writes the limit to settings.json, and removes entries beyond it. Throws Error.
void set_image_cache_limit(std::int64_t bytes);

/// "20GB", "1.5 TB", "500 mb", a number of bytes, or "off" for 0. Nothing if it is something else.
std::optional<std::int64_t> parse_cache_limit(std::string_view text);

/// A decoded dataset.
struct CacheEntry {
    std::string key;
    std::string source;  ///< the folder or archive with the pictures
    std::uint64_t images = 0;
    std::int64_t bytes = 0;    ///< on the disk
    bool is_complete = false;  ///< otherwise, decoding continues where it was cut off
    bool is_in_use = false;    ///< by this or another program; it is not removed
    std::filesystem::file_time_type last_used = {};
};
/// The most recently used first. Never throws.
std::vector<CacheEntry> list_cache_entries(const std::filesystem::path& folder);
std::int64_t bytes_of(const std::vector<CacheEntry>& entries);
/// The bytes of all entries on the disk, without reading them. Never throws.
std::int64_t bytes_in_cache(const std::filesystem::path& folder);

/// Removes all entries that are not in use. Returns the number of bytes that this frees. Never throws.
std::int64_t clear_image_cache(const std::filesystem::path& folder);
/// Removes the entries that have not been used for the longest time until there is room for `bytes` more
/// within the limit. Entries in use and that of `own_key` stay. Returns whether there is room. Throws
/// std::system_error if the entries cannot be listed.
bool make_room_in_cache(const ImageCacheSettings& settings, std::int64_t bytes, const std::string& own_key);

// For those who read or write an entry. It has a folder and a lock file beside it.
std::filesystem::path cache_entry_folder(const std::filesystem::path& cache, const std::string& key);
std::filesystem::path cache_entry_lock(const std::filesystem::path& cache, const std::string& key);
inline constexpr const char* cache_index_file = "index";
inline constexpr const char* cache_progress_file = "progress";
inline constexpr const char* cache_pixels_file = "pixels";
/// Removes an entry whose lock the caller holds, if it is still the lock of the entry. Returns whether
/// nothing is left of it.
bool remove_cache_entry(const std::filesystem::path& cache, const std::string& key, const CacheLock& lock);

}  // namespace denoise
