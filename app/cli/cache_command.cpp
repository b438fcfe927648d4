#include <cstdio>
#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/console.h"
#include "app/cli/json_output.h"
#include "engine/base/grouped.h"
#include "engine/base/local_time.h"
#include "engine/base/memory.h"
#include "engine/data/image_cache.h"

namespace denoise::cli {
namespace {

struct CacheOptions {
    bool clear = false, as_json = false;
    std::string limit;
};

/// "2026-01-31 17:05", in local time.
std::string time_text(std::filesystem::file_time_type time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(
        std::chrono::time_point_cast<std::chrono::system_clock::duration>(
            std::chrono::file_clock::to_sys(time)));
    return local_time("%Y-%m-%d %H:%M", seconds);
}

std::string state_of(const CacheEntry& entry) {
    const std::string state = entry.is_complete ? "complete" : "partly decoded";
    return entry.is_in_use ? state + ", in use" : state;
}

nlohmann::json json_of(const ImageCacheSettings& settings, const std::vector<CacheEntry>& entries) {
    nlohmann::json list = nlohmann::json::array();
    for (const CacheEntry& entry : entries)
        list.push_back({{"source", entry.source},
                        {"images", entry.images},
                        {"bytes", entry.bytes},
                        {"complete", entry.is_complete},
                        {"in_use", entry.is_in_use},
                        {"last_used", time_text(entry.last_used)}});
    return {{"folder", settings.folder.string()},
            {"limit_bytes", settings.limit_bytes},
            {"bytes", bytes_of(entries)},
            {"entries", list}};
}

void print_text(const ImageCacheSettings& settings, const std::vector<CacheEntry>& entries) {
    for (const CacheEntry& entry : entries)
        std::printf("%s\n  %s images, %s, %s, last used %s\n",
                    entry.source.empty() ? "(unknown)" : printable(entry.source).c_str(),
                    grouped(static_cast<std::int64_t>(entry.images)).c_str(),
                    memory_text(entry.bytes).c_str(), state_of(entry).c_str(),
                    time_text(entry.last_used).c_str());
    const std::string limit =
        settings.limit_bytes > 0 ? " of " + memory_text(settings.limit_bytes) : "; the cache is off";
    std::printf("%s%s in %s\n", memory_text(bytes_of(entries)).c_str(), limit.c_str(),
                printable(settings.folder.string()).c_str());
}

void run_cache(const CacheOptions& options) {
    if (!options.limit.empty()) {
        const auto limit = parse_cache_limit(options.limit);
        if (!limit)
            throw Error{"Cannot set the limit of the cache", "\"" + options.limit + "\" is not a size",
                        "Use a size such as 20GB or 500MB, or \"off\""};
        set_image_cache_limit(*limit);
    }
    const ImageCacheSettings settings = image_cache_settings();
    if (options.clear) {
        const std::int64_t freed = clear_image_cache(settings.folder);
        if (!options.as_json) std::printf("%s freed\n", memory_text(freed).c_str());
    }
    const std::vector<CacheEntry> entries = list_cache_entries(settings.folder);
    options.as_json ? print_json(json_of(settings, entries), true) : print_text(settings, entries);
}

}  // namespace

void add_cache(CLI::App& app) {
    auto options = std::make_shared<CacheOptions>();
    CLI::App* command = app.add_subcommand(
        "cache", "List the decoded datasets on the disk, remove them, or limit their size.");
    command->add_flag("--clear", options->clear, "Remove all that are not in use");
    command
        ->add_option("--limit", options->limit,
                     "From now on, keep at most this much: 20GB, 500MB, off. Applies to all programs of this "
                     "user. DENOISE_LAB_DATASET_CACHE replaces it")
        ->type_name("SIZE");
    command->add_flag("--json", options->as_json, std::string("Print JSON") + json_error_help);
    command->callback([options] { run_cache(*options); });
}

}  // namespace denoise::cli
