#include "engine/data/image_cache.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <system_error>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/base/lower_case.h"
#include "engine/base/user_folders.h"
#include "engine/data/cache_files.h"
#include "engine/formats/shallow_json.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr const char* environment_variable = "DENOISE_LAB_DATASET_CACHE";
constexpr const char* settings_file = "settings.json";
constexpr std::size_t key_length = 32;

std::optional<std::int64_t> limit_in_environment() {
    const char* text = std::getenv(environment_variable);
    return text ? parse_cache_limit(text) : std::nullopt;
}

nlohmann::json settings_of_text(const std::string& text) {
    try {
        nlohmann::json settings = parse_shallow_json(text);
        if (settings.is_object()) return settings;
    } catch (const std::exception&) {  // edited by hand, and not valid: the defaults apply
    }
    return nlohmann::json::object();
}

nlohmann::json stored_settings(const fs::path& folder) {
    const auto text = read_cache_file(folder / settings_file);
    return text ? settings_of_text(*text) : nlohmann::json::object();
}

bool is_key(const std::string& name) {
    return name.size() == key_length && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// Those that can be listed before an error, which goes to `code`.
std::vector<std::string> keys_in(const fs::path& folder, std::error_code& code) {
    std::vector<std::string> keys;
    std::error_code ignored;
    for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
        std::string name = entry->path().filename().string();
        if (is_key(name) && entry->is_directory(ignored) && !entry->is_symlink(ignored))
            keys.push_back(std::move(name));
    }
    return keys;
}

/// Those that can be read before an error, which goes to `code`. 0 if another program has removed the folder.
std::int64_t bytes_on_disk(const fs::path& folder, std::error_code& code) {
    std::int64_t bytes = 0;
    for (fs::directory_iterator file(folder, code), end; !code && file != end; file.increment(code)) {
        struct stat status {};
        if (::lstat(file->path().c_str(), &status) == 0) bytes += std::int64_t{status.st_blocks} * 512;
    }
    if (code == std::errc::no_such_file_or_directory) code.clear();
    return bytes;
}

/// The lock of an entry; nothing: it is in use, or cannot be locked.
std::optional<CacheLock> lock_unused(const fs::path& cache, const std::string& key) {
    try {
        return CacheLock::take(cache_entry_lock(cache, key), CacheLock::Kind::exclusive);
    } catch (const std::system_error&) {
        return std::nullopt;
    }
}

bool remove_if_unused(const fs::path& cache, const std::string& key) {
    const std::optional<CacheLock> lock = lock_unused(cache, key);
    return lock && remove_cache_entry(cache, key, *lock);
}

/// Removes the locks of entries that are gone.
void remove_stray_locks(const fs::path& cache) {
    std::vector<std::string> keys;
    std::error_code code, ignored;
    for (fs::directory_iterator file(cache, code), end; !code && file != end; file.increment(code)) {
        const std::string key = file->path().stem().string();
        if (is_key(key) && file->path() == cache_entry_lock(cache, key) &&
            !fs::exists(cache_entry_folder(cache, key), ignored))
            keys.push_back(key);
    }
    for (const std::string& key : keys) remove_if_unused(cache, key);
}

/// If its size cannot be read, the error goes to `size_error`.
CacheEntry describe(const fs::path& cache, const std::string& key, std::error_code& size_error) {
    const fs::path folder = cache_entry_folder(cache, key);
    CacheEntry entry{.key = key, .source = {}};
    entry.bytes = bytes_on_disk(folder, size_error);
    entry.is_in_use = !lock_unused(cache, key);
    const auto bytes = read_cache_file(folder / cache_index_file);
    const auto index = bytes ? decode_index(*bytes) : std::nullopt;
    std::error_code code;
    if (index) {
        entry.is_complete = true;
        entry.source = index->source;
        entry.images = index->checksums.size();
        entry.last_used = fs::last_write_time(folder / cache_index_file, code);
    } else {
        if (const auto text = read_cache_file(folder / cache_progress_file))
            if (const auto progress = decode_progress(*text)) {
                entry.source = progress->begin.source;
                entry.images = progress->records.size();
            }
        entry.last_used = fs::last_write_time(folder / cache_progress_file, code);
    }
    if (code) entry.last_used = fs::file_time_type::min();
    return entry;
}

/// The most recently used first. The first error goes to `code`.
std::vector<CacheEntry> entries_in(const fs::path& folder, std::error_code& code) {
    std::vector<CacheEntry> entries;
    for (const std::string& key : keys_in(folder, code)) {
        std::error_code size_error;
        entries.push_back(describe(folder, key, size_error));
        if (!code) code = size_error;
    }
    std::ranges::sort(entries, std::greater(), &CacheEntry::last_used);
    return entries;
}

}  // namespace

ImageCacheSettings image_cache_settings() {
    ImageCacheSettings settings;
    try {
        settings.folder = default_cache_folder() / "datasets";
    } catch (const Error&) {
        return settings;
    }
    const nlohmann::json stored = stored_settings(settings.folder);
    if (const auto limit = stored.find("limit_bytes"); limit != stored.end() && limit->is_number_unsigned())
        settings.limit_bytes = static_cast<std::int64_t>(
            std::min<std::uint64_t>(limit->get<std::uint64_t>(), std::numeric_limits<std::int64_t>::max()));
    if (const auto least = stored.find("least_seconds"); least != stored.end() && least->is_number())
        settings.least_seconds = least->get<double>();
    settings.limit_bytes = limit_in_environment().value_or(settings.limit_bytes);
    return settings;
}

bool is_cache_limit_from_environment() {
    return limit_in_environment().has_value();
}

void set_image_cache_limit(std::int64_t bytes) {
    const fs::path folder = default_cache_folder() / "datasets";
    std::error_code code;
    // If there are settings, they are read or not replaced.
    nlohmann::json settings = fs::exists(folder / settings_file, code)
                                  ? settings_of_text(read_text_file(folder / settings_file))
                                  : nlohmann::json::object();
    settings["limit_bytes"] = bytes;
    fs::create_directories(folder, code);  // write_text_file() reports the error
    write_text_file(folder / settings_file, settings.dump(2) + "\n");
    try {
        make_room_in_cache({.folder = folder, .limit_bytes = bytes}, 0, {});
    } catch (const std::system_error& error) {
        throw Error{"Cannot remove decoded datasets beyond the new limit",
                    folder.string() + ": " + error.code().message(),
                    "Check the disk, and set the limit again"};
    }
}

std::optional<std::int64_t> parse_cache_limit(std::string_view text) {
    struct Unit {
        const char* name;
        double bytes;
    };
    constexpr Unit units[] = {{"tb", 1e12}, {"gb", 1e9}, {"mb", 1e6}, {"kb", 1e3}, {"b", 1}, {"", 1}};
    const std::string lower = lower_case(std::string(text));
    if (lower == "off") return 0;
    double number = 0;
    const char* end = lower.data() + lower.size();
    const auto [unit, problem] = std::from_chars(lower.data(), end, number, std::chars_format::fixed);
    if (problem != std::errc() || !(number >= 0)) return std::nullopt;
    std::string_view rest(unit, static_cast<std::size_t>(end - unit));
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    for (const Unit& each : units)
        if (rest == each.name && number * each.bytes < 9e18) return std::llround(number * each.bytes);
    return std::nullopt;
}

std::vector<CacheEntry> list_cache_entries(const fs::path& folder) {
    std::error_code ignored;
    return entries_in(folder, ignored);
}

std::int64_t bytes_in_cache(const fs::path& folder) {
    std::int64_t bytes = 0;
    std::error_code ignored;
    for (const std::string& key : keys_in(folder, ignored))
        bytes += bytes_on_disk(cache_entry_folder(folder, key), ignored);
    return bytes;
}

std::int64_t bytes_of(const std::vector<CacheEntry>& entries) {
    std::int64_t bytes = 0;
    for (const CacheEntry& entry : entries) bytes += entry.bytes;
    return bytes;
}

std::int64_t clear_image_cache(const fs::path& folder) {
    std::int64_t freed = 0;
    std::error_code ignored;
    for (const std::string& key : keys_in(folder, ignored)) {
        const std::int64_t bytes = bytes_on_disk(cache_entry_folder(folder, key), ignored);
        if (remove_if_unused(folder, key)) freed += bytes;
    }
    return freed;
}

bool make_room_in_cache(const ImageCacheSettings& settings, std::int64_t bytes, const std::string& own_key) {
    std::error_code code;
    std::vector<CacheEntry> entries = entries_in(settings.folder, code);
    if (code) throw std::system_error(code);  // nobody knows how much is there
    std::erase_if(entries, [&](const CacheEntry& entry) { return entry.key == own_key; });
    std::int64_t total = bytes_of(entries);
    // What is left of entries that could not be removed as a whole
    remove_stray_locks(settings.folder);
    for (const CacheEntry& entry : entries)
        if (entry.source.empty() && remove_if_unused(settings.folder, entry.key)) total -= entry.bytes;
    std::erase_if(entries, [](const CacheEntry& entry) { return entry.source.empty(); });
    for (; !entries.empty() && bytes > settings.limit_bytes - total; entries.pop_back())
        if (remove_if_unused(settings.folder, entries.back().key)) total -= entries.back().bytes;
    return bytes <= settings.limit_bytes - total;
}

fs::path cache_entry_folder(const fs::path& cache, const std::string& key) {
    return cache / key;
}

fs::path cache_entry_lock(const fs::path& cache, const std::string& key) {
    return cache / (key + ".lock");
}

bool remove_cache_entry(const fs::path& cache, const std::string& key, const CacheLock& lock) {
    if (!lock.is_of(cache_entry_lock(cache, key))) return false;
    std::error_code code, ignored;
    // The index first, so that what is left after a kill is no entry.
    fs::remove(cache_entry_folder(cache, key) / cache_index_file, ignored);
    fs::remove_all(cache_entry_folder(cache, key), code);
    if (code) return false;
    fs::remove(cache_entry_lock(cache, key), ignored);
    return true;
}

}  // namespace denoise
