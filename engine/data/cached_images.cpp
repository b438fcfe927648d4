#include "engine/data/cached_images.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <system_error>
#include <thread>

#include "engine/base/mapped_file.h"
#include "engine/data/cache_writer.h"
#include "engine/data/loading.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// The images of an entry, which is not removed as long as they are used.
class CachedPixels : public MappedFile {
  public:
    CachedPixels(const fs::path& path, std::uint64_t size, CacheLock lock)
        : MappedFile(path, size), lock_(std::move(lock)) {}

  private:
    CacheLock lock_;
};

/// Waits until nobody else holds a lock that excludes this one, and shows how far another program is.
CacheLock wait_for_lock(const fs::path& cache, const std::string& key, CacheLock::Kind kind,
                        std::size_t pictures, const LoadProgress& progress, const std::stop_token& stop) {
    constexpr std::chrono::milliseconds pause{50};
    while (true) {
        if (stop.stop_requested()) throw Cancelled{};
        if (auto lock = CacheLock::take(cache_entry_lock(cache, key), kind)) return std::move(*lock);
        std::error_code code;
        const auto size = fs::file_size(cache_entry_folder(cache, key) / cache_progress_file, code);
        const std::uintmax_t images = code ? 0 : size / sizeof(CacheRecord);
        if (progress)
            progress(static_cast<std::int64_t>(std::min<std::uintmax_t>(images, pictures)),
                     static_cast<std::int64_t>(pictures));
        std::this_thread::sleep_for(pause);
    }
}

/// Nothing: the entry is not complete, or damaged.
std::optional<DecodedImages> open_complete(const fs::path& folder, std::size_t pictures, CacheLock& lock,
                                           const LoadProgress& progress, const std::stop_token& stop) {
    const auto bytes = read_cache_file(folder / cache_index_file);
    const auto index = bytes ? decode_index(*bytes) : std::nullopt;
    if (!index || index->pictures != pictures || index->data_file.find('/') != std::string::npos)
        return std::nullopt;
    const fs::path file = folder / index->data_file;
    const std::uint64_t size = index->checksums.size() * index->shape.bytes();
    if (!has_checksums(file, index->shape, index->checksums, progress, stop)) return std::nullopt;
    try {
        const auto pixels = std::make_shared<const CachedPixels>(file, size, std::move(lock));
        std::error_code ignored;  // left over if the writer was killed just before its end
        fs::remove(folder / cache_progress_file, ignored);
        if (index->data_file != cache_pixels_file) fs::remove(folder / cache_pixels_file, ignored);
        ::utimensat(AT_FDCWD, (folder / cache_index_file).c_str(), nullptr, 0);  // used now
        DecodedImages images{index->shape, PixelBuffer(pixels), std::vector<std::string>(pictures)};
        for (const auto& [i, why] : index->problems) images.problems[i] = why;
        return images;
    } catch (const Error& error) {
        throw CacheUnavailable{error.why};
    }
}

}  // namespace

DecodedImages decode_into_memory(PictureDecoding decoding, const LoadProgress& progress,
                                 const std::stop_token& stop) {
    const std::size_t count = decoding.problems.size();
    DecodedImages images;
    images.problems = std::move(decoding.problems);
    images.shape = decoding.choose_shape(images.problems, part_of_progress(progress, 0, 2, count));
    const std::size_t size = images.shape.bytes();
    require_memory(static_cast<double>(count) * static_cast<double>(size), decoding.source);
    std::vector<std::uint8_t> pixels(count * size);
    std::vector<char> coloured(count, 0);
    const StoreImage store = [&](std::size_t i, const std::uint8_t* planes, bool is_coloured) {
        std::copy_n(planes, size, pixels.data() + i * size);
        coloured[i] = is_coloured;
    };
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < count; ++i)
        if (images.problems[i].empty()) indices.push_back(i);
    decoding.decode(images.shape, indices, images.problems, store,
                    decoding.reads_headers ? part_of_progress(progress, 1, 2, count) : progress);
    if (stop.stop_requested()) throw Cancelled{};

    const bool grey =
        decoding.grey_if_none_is_coloured && std::ranges::find(coloured, char{1}) == coloured.end();
    if (grey) images.shape.channels = 1;
    const std::size_t after = images.shape.bytes();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i)  // moves the images in place
        if (images.problems[i].empty())
            std::copy_n(pixels.data() + i * size, after, pixels.data() + kept++ * after);
    pixels.resize(kept * after);
    pixels.shrink_to_fit();
    images.pixels = std::move(pixels);
    return images;
}

DecodedImages decode_through_cache(PictureDecoding decoding, const ImageCacheSettings& settings,
                                   const std::string& key, const LoadProgress& progress,
                                   const std::stop_token& stop) try {
    const fs::path& cache = settings.folder;
    const fs::path folder = cache_entry_folder(cache, key);
    const std::size_t pictures = decoding.problems.size();
    std::error_code code;
    fs::create_directories(cache, code);
    if (code) throw CacheUnavailable{cache.string() + ": " + code.message()};
    const auto wait = [&](CacheLock::Kind kind) {
        return wait_for_lock(cache, key, kind, pictures, progress, stop);
    };
    constexpr int attempts = 3;
    for (int i = 0; i < attempts; ++i) {
        {
            CacheLock lock = wait(CacheLock::Kind::shared);
            if (auto images = open_complete(folder, pictures, lock, progress, stop))
                return std::move(*images);
            // Others may use the entry, although it is damaged: they keep their files and locks.
            if (fs::exists(folder / cache_index_file, code)) remove_cache_entry(cache, key, lock);
        }
        CacheLock lock = wait(CacheLock::Kind::exclusive);
        if (fs::exists(folder / cache_index_file, code)) continue;  // made by another in the meantime
        CacheWriter(decoding, settings, key, lock, progress, stop).write();
        lock.share();
        // What has just been written is compared, too: a disk may lose it.
        if (auto images = open_complete(folder, pictures, lock, {}, stop)) return std::move(*images);
    }
    throw CacheUnavailable{folder.string() + ": what is written there does not stay intact"};
} catch (const std::system_error& error) {
    throw CacheUnavailable{settings.folder.string() + ": " + error.code().message()};
}

}  // namespace denoise
