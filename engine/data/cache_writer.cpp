#include "engine/data/cache_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "engine/base/atomic_file.h"
#include "engine/base/memory.h"
#include "engine/data/loading.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr const char* compact_file = "compact";

/// Images are read in blocks of about this size.
constexpr std::uint64_t block_bytes = 4u << 20;

/// Space on the disk that is left to others: a twentieth, but at most this much.
constexpr std::uint64_t most_spared = 2'000'000'000;

std::uint64_t images_per_block(const ImageShape& shape) {
    return std::max<std::uint64_t>(1, block_bytes / shape.bytes());
}

void write_whole(const fs::path& path, const std::string& bytes) {
    try {
        write_text_file(path, bytes);
    } catch (const Error& error) {
        throw CacheUnavailable{error.why};
    }
}

}  // namespace

CacheFile::CacheFile(fs::path path, int flags)
    : path_(std::move(path)), descriptor_(::open(path_.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {
    if (descriptor_ < 0) fail(errno);
}

CacheFile::~CacheFile() {
    ::close(descriptor_);
}

void CacheFile::write(const void* data, std::size_t size, std::uint64_t offset) {
    const char* next = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t written = ::pwrite(descriptor_, next, size, static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) fail(written < 0 ? errno : ENOSPC);
        next += written;
        offset += static_cast<std::uint64_t>(written);
        size -= static_cast<std::size_t>(written);
    }
}

void CacheFile::reserve(std::uint64_t size) {
    if (::fallocate(descriptor_, 0, 0, static_cast<off_t>(size)) == 0) return;
    // Some file systems cannot reserve space. Then a full disk is noticed while writing.
    if (errno != EOPNOTSUPP || ::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) fail(errno);
}

void CacheFile::shorten(std::uint64_t size) {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) fail(errno);
}

bool CacheFile::read(void* data, std::size_t size, std::uint64_t offset) const {
    char* next = static_cast<char*>(data);
    while (size > 0) {
        const ssize_t got = ::pread(descriptor_, next, size, static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        next += got;
        offset += static_cast<std::uint64_t>(got);
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

void CacheFile::fail(int error_number) const {
    throw CacheUnavailable{path_.string() + ": " + std::strerror(error_number)};
}

CacheWriter::CacheWriter(PictureDecoding& decoding, const ImageCacheSettings& settings,
                         const std::string& key, const CacheLock& lock, LoadProgress progress,
                         std::stop_token stop)
    : decoding_(decoding),
      settings_(settings),
      key_(key),
      lock_(lock),
      progress_(std::move(progress)),
      stop_(std::move(stop)),
      folder_(cache_entry_folder(settings.folder, key)),
      checksums_(decoding.problems.size(), 0),
      written_(decoding.problems.size(), 0),
      coloured_(decoding.problems.size(), 0) {}

void CacheWriter::write() try {
    std::error_code code;
    fs::create_directory(folder_, code);
    if (code) throw CacheUnavailable{folder_.string() + ": " + code.message()};
    remove_left_overs();
    const bool continues = continue_entry();
    if (!continues) begin_entry();
    CacheFile data(folder_ / cache_pixels_file, O_RDWR | O_CREAT);
    CacheFile log(folder_ / cache_progress_file, O_RDWR);
    data.reserve(checksums_.size() * begun_.begin.shape.bytes());
    log.shorten(log_size_);
    check_written(data, begun_.records);
    decode_rest(data, log);
    finish(data);
} catch (const CacheUnavailable&) {
    remove_cache_entry(settings_.folder, key_, lock_);  // it only takes space
    throw;
} catch (const std::system_error& error) {
    remove_cache_entry(settings_.folder, key_, lock_);
    throw CacheUnavailable{settings_.folder.string() + ": " + error.code().message()};
}

/// Files of a program that was killed or could not remove them, from which nothing is continued.
void CacheWriter::remove_left_overs() const {
    std::vector<fs::path> files;
    std::error_code code;
    for (fs::directory_iterator file(folder_, code), end; !code && file != end; file.increment(code))
        if (const fs::path name = file->path().filename();
            name != cache_pixels_file && name != cache_progress_file)
            files.push_back(file->path());
    for (auto file = files.begin(); !code && file != files.end(); ++file) fs::remove(*file, code);
    if (code) throw CacheUnavailable{folder_.string() + ": " + code.message()};
}

bool CacheWriter::continue_entry() {
    const auto bytes = read_cache_file(folder_ / cache_progress_file);
    auto progress = bytes ? decode_progress(*bytes) : std::nullopt;
    if (!progress || progress->begin.pictures != checksums_.size()) return false;
    struct stat status {};
    const bool has_data =
        ::lstat((folder_ / cache_pixels_file).c_str(), &status) == 0 && S_ISREG(status.st_mode);
    if (!has_data) progress->records.clear();
    require_space(has_data ? static_cast<std::uint64_t>(status.st_blocks) * 512 : 0);
    const std::size_t begin = encode(progress->begin).size();
    // A record that was cut off must not shift those that follow.
    log_size_ = begin + (bytes->size() - begin) / sizeof(CacheRecord) * sizeof(CacheRecord);
    for (const auto& [i, why] : progress->begin.problems) decoding_.problems[i] = why;
    begun_ = std::move(*progress);
    return true;
}

void CacheWriter::begin_entry() {
    has_read_headers_ = decoding_.reads_headers;
    std::error_code ignored;
    fs::remove(folder_ / cache_pixels_file, ignored);
    begun_ = {};
    begun_.begin.source = decoding_.source.string();
    begun_.begin.pictures = checksums_.size();
    begun_.begin.shape =
        decoding_.choose_shape(decoding_.problems, part_of_progress(progress_, 0, 2, checksums_.size()));
    for (std::size_t i = 0; i < decoding_.problems.size(); ++i)
        if (!decoding_.problems[i].empty())
            begun_.begin.problems.emplace_back(static_cast<std::uint32_t>(i), decoding_.problems[i]);
    require_space(0);
    const std::string bytes = encode(begun_.begin);
    log_size_ = bytes.size();
    write_whole(folder_ / cache_progress_file, bytes);
}

void CacheWriter::require_space(std::uint64_t already_there) const {
    const ImageShape& shape = begun_.begin.shape;
    const std::uint64_t bytes = checksums_.size() * (shape.bytes() + sizeof(std::uint64_t));
    if (!make_room_in_cache(settings_, static_cast<std::int64_t>(bytes), key_))
        throw CacheUnavailable{"they take " + memory_text(static_cast<std::int64_t>(bytes)) +
                               ", more than the limit of the cache of " + memory_text(settings_.limit_bytes) +
                               " leaves"};
    std::error_code code;
    const fs::space_info disk = fs::space(folder_, code);
    const std::uint64_t spared = code ? 0 : std::min<std::uint64_t>(disk.capacity / 20, most_spared);
    if (!code && bytes > already_there && bytes - already_there + spared > disk.available)
        throw CacheUnavailable{"they take " + memory_text(static_cast<std::int64_t>(bytes)) + ", and only " +
                               memory_text(static_cast<std::int64_t>(disk.available)) +
                               " are free on the disk of " + settings_.folder.string()};
}

void CacheWriter::check_written(CacheFile& data, const std::vector<CacheRecord>& records) {
    const std::uint64_t size = begun_.begin.shape.bytes();
    const auto check = [&](std::int64_t r) {
        const CacheRecord& record = records[static_cast<std::size_t>(r)];
        thread_local std::vector<std::uint8_t> image;
        image.resize(size);
        if (!data.read(image.data(), size, record.index * size) ||
            image_checksum(image.data(), size, record.index) != record.checksum)
            return;
        const std::lock_guard lock(log_mutex_);  // a picture can have several records
        checksums_[record.index] = record.checksum;
        written_[record.index] = 1;
        coloured_[record.index] = record.is_coloured != 0;
    };
    parallel_for(std::ssize(records), check, {}, stop_);
}

void CacheWriter::decode_rest(CacheFile& data, CacheFile& log) {
    const std::uint64_t size = begun_.begin.shape.bytes();
    std::vector<std::size_t> rest;
    std::int64_t before = 0;
    for (std::size_t i = 0; i < checksums_.size(); ++i) {
        before += written_[i];
        if (!written_[i] && decoding_.problems[i].empty()) rest.push_back(i);
    }
    const StoreImage store = [&](std::size_t i, const std::uint8_t* planes, bool is_coloured) {
        data.write(planes, size, i * size);
        checksums_[i] = image_checksum(planes, size, i);
        coloured_[i] = is_coloured;
        written_[i] = 1;
        const CacheRecord record = make_record(static_cast<std::uint32_t>(i), is_coloured, checksums_[i]);
        const std::lock_guard lock(log_mutex_);
        log.write(&record, sizeof record, log_size_);
        log_size_ += sizeof record;
    };
    LoadProgress shown = has_read_headers_ ? part_of_progress(progress_, 1, 2, checksums_.size()) : progress_;
    if (before > 0 && progress_)
        shown = [&, before](std::int64_t done, std::int64_t) {
            progress_(before + done, std::ssize(checksums_));
        };
    decoding_.decode(begun_.begin.shape, rest, decoding_.problems, store, shown);
    if (stop_.stop_requested()) throw Cancelled{};
}

void CacheWriter::finish(CacheFile& data) {
    CacheIndex index{begun_.begin.source, cache_pixels_file, checksums_.size(), begun_.begin.shape, {}, {}};
    bool any_coloured = false;
    for (std::size_t i = 0; i < checksums_.size(); ++i) {
        if (decoding_.problems[i].empty())
            any_coloured = any_coloured || coloured_[i];
        else
            index.problems.emplace_back(static_cast<std::uint32_t>(i), decoding_.problems[i]);
    }
    if (index.problems.size() == checksums_.size()) throw CacheUnavailable{"no picture can be read"};
    if (decoding_.grey_if_none_is_coloured && !any_coloured) index.shape.channels = 1;
    if (index.problems.empty() && index.shape == begun_.begin.shape) {
        index.checksums = checksums_;
    } else {
        index.checksums = compact(data, index.shape);
        index.data_file = compact_file;
    }
    write_whole(folder_ / cache_index_file, encode(index));
    std::error_code ignored;  // they only take space
    fs::remove(folder_ / cache_progress_file, ignored);
    if (index.data_file != cache_pixels_file) fs::remove(folder_ / cache_pixels_file, ignored);
}

std::vector<std::uint64_t> CacheWriter::compact(const CacheFile& data, const ImageShape& after) {
    const std::uint64_t size = begun_.begin.shape.bytes(), kept_size = after.bytes();
    const std::uint64_t block = images_per_block(begun_.begin.shape);
    CacheFile kept(folder_ / compact_file, O_RDWR | O_CREAT | O_TRUNC);
    std::vector<std::uint8_t> images(block * size), out;
    std::vector<std::uint64_t> checksums;
    std::uint64_t offset = 0;
    for (std::uint64_t first = 0; first < checksums_.size(); first += block) {
        if (stop_.stop_requested()) throw Cancelled{};
        const std::uint64_t count = std::min<std::uint64_t>(block, checksums_.size() - first);
        if (!data.read(images.data(), count * size, first * size))
            throw CacheUnavailable{folder_.string() + ": the images cannot be read"};
        out.clear();
        for (std::uint64_t i = 0; i < count; ++i) {
            if (!decoding_.problems[first + i].empty()) continue;
            const std::uint8_t* image = images.data() + i * size;
            checksums.push_back(image_checksum(image, kept_size, checksums.size()));
            out.insert(out.end(), image, image + kept_size);
        }
        kept.write(out.data(), out.size(), offset);
        offset += out.size();
    }
    return checksums;
}

bool has_checksums(const fs::path& file, const ImageShape& shape, const std::vector<std::uint64_t>& checksums,
                   const LoadProgress& progress, const std::stop_token& stop) try {
    const std::uint64_t size = shape.bytes(), block = images_per_block(shape), count = checksums.size();
    std::error_code code;
    if (fs::file_size(file, code) != count * size || code || count == 0) return false;
    const CacheFile data(file, O_RDONLY | O_NONBLOCK);
    std::atomic<bool> intact = true;
    const auto check = [&](std::int64_t b) {
        if (!intact) return;
        thread_local std::vector<std::uint8_t> images;
        const std::uint64_t first = static_cast<std::uint64_t>(b) * block, n = std::min(block, count - first);
        images.resize(n * size);
        bool good = data.read(images.data(), n * size, first * size);
        for (std::uint64_t i = 0; good && i < n; ++i)
            good = image_checksum(images.data() + i * size, size, first + i) == checksums[first + i];
        if (!good) intact = false;
    };
    const auto blocks = static_cast<std::int64_t>((count + block - 1) / block);
    const auto total = static_cast<std::int64_t>(count);
    parallel_for(
        blocks, check,
        progress
            ? [&](std::int64_t done,
                  std::int64_t) { progress(std::min(total, done * static_cast<std::int64_t>(block)), total); }
            : LoadProgress{},
        stop);
    return intact;
} catch (const CacheUnavailable&) {
    return false;
}

LoadProgress part_of_progress(const LoadProgress& progress, int part, int parts, std::size_t pictures) {
    if (!progress) return {};
    const auto count = static_cast<std::int64_t>(pictures);
    const std::int64_t begin = count * part / parts, end = count * (part + 1) / parts;
    return [&progress, begin, end, count](std::int64_t done, std::int64_t total) {
        progress(total > 0 ? begin + done * (end - begin) / total : end, count);
    };
}

}  // namespace denoise
