#include "engine/data/byte_reader.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/regular_file.h"
#include "engine/data/archive_reader.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

// Deflate compresses at most 1032 bytes into one (zlib Technical Details).
constexpr std::uintmax_t deflate_ratio = 1032;

[[noreturn]] void fail(const fs::path& path, const std::string& cause, const std::string& remedy) {
    throw Error{"Cannot read " + path.filename().string(), path.string() + ": " + cause, remedy};
}

[[noreturn]] void fail_inflating(const fs::path& path, int problem) {
    if (problem == Z_BUF_ERROR)
        fail(path, "the gzip data ends early; the file is cut short", "Download or copy the file again");
    fail(path, "the gzip data is damaged", "Download or copy the file again");
}

class DiskSource : public ByteReader::Source {
  public:
    explicit DiskSource(fs::path path) : path_(std::move(path)) {
        require_regular_file(path_);
        const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) fail(path_, std::strerror(errno), "Check the file name and the permissions");
        file_ = ::gzdopen(descriptor, "rb");
        if (!file_) {
            ::close(descriptor);
            fail(path_, "there is not enough memory to read it", "Close other programs and try again");
        }
        ::gzbuffer(file_, 1u << 18);
        std::error_code code;
        const std::uintmax_t size = fs::file_size(path_, code);
        compressed_ = ::gzdirect(file_) == 0;
        most_bytes_ = code ? 0 : compressed_ ? size * deflate_ratio : size;
    }
    ~DiskSource() override { ::gzclose(file_); }
    DiskSource(const DiskSource&) = delete;
    DiskSource& operator=(const DiskSource&) = delete;

    std::size_t read(void* target, std::size_t size) override {
        constexpr std::size_t piece = 1u << 30;  // gzread() returns an int
        std::size_t filled = 0;
        while (filled < size) {
            const int got = ::gzread(file_, static_cast<char*>(target) + filled,
                                     static_cast<unsigned>(std::min(size - filled, piece)));
            if (got > 0) filled += static_cast<std::size_t>(got);
            int problem = Z_OK;
            ::gzerror(file_, &problem);
            if (problem == Z_ERRNO) fail(path_, std::strerror(errno), "Check the disk and the permissions");
            if (problem != Z_OK) fail_inflating(path_, problem);
            if (got <= 0) break;
        }
        return filled;
    }
    std::uintmax_t most_bytes() const override { return most_bytes_; }
    bool is_compressed() const override { return compressed_; }

  private:
    fs::path path_;
    gzFile_s* file_ = nullptr;
    std::uintmax_t most_bytes_ = 0;
    bool compressed_ = false;
};

/// A file in an archive.
class EntrySource : public ByteReader::Source {
  public:
    EntrySource(fs::path path, const ArchivePath& place, const std::stop_token& stop)
        : path_(std::move(path)), reader_(open_entry(place, entry_, stop)) {
        fill();
        compressed_ = at_gzip_member();
        if (compressed_ && ::inflateInit2(&stream_, 15 + 16) != Z_OK)
            fail(path_, "there is not enough memory to read it", "Close other programs and try again");
    }
    ~EntrySource() override {
        if (compressed_) ::inflateEnd(&stream_);
    }
    EntrySource(const EntrySource&) = delete;
    EntrySource& operator=(const EntrySource&) = delete;

    std::size_t read(void* target, std::size_t size) override {
        return compressed_ ? inflate_into(static_cast<std::uint8_t*>(target), size)
                           : copy_into(static_cast<std::uint8_t*>(target), size);
    }
    std::uintmax_t most_bytes() const override {
        return compressed_ ? entry_.size * deflate_ratio : entry_.size;
    }
    bool is_compressed() const override { return compressed_; }

  private:
    void fill() {
        start_ = 0;
        available_ = reader_.read(block_.data(), block_.size());
    }
    /// Whether the next bytes begin gzip data.
    bool at_gzip_member() {
        constexpr std::uint8_t first = 0x1f, second = 0x8b;
        if (available_ < 2) {
            if (available_ == 1) block_[0] = block_[start_];
            start_ = 0;
            available_ += reader_.read(block_.data() + available_, block_.size() - available_);
        }
        return available_ >= 2 && block_[start_] == first && block_[start_ + 1] == second;
    }
    std::size_t copy_into(std::uint8_t* target, std::size_t size) {
        const std::size_t ready = std::min(size, available_);
        std::copy_n(block_.begin() + static_cast<std::ptrdiff_t>(start_), ready, target);
        start_ += ready;
        available_ -= ready;
        return ready + (ready < size ? reader_.read(target + ready, size - ready) : 0);
    }
    std::size_t inflate_into(std::uint8_t* target, std::size_t size) {
        constexpr std::size_t piece = 1u << 30;
        std::size_t filled = 0;
        while (filled < size && !ended_) {
            if (available_ == 0) fill();
            stream_.next_in = block_.data() + start_;
            stream_.avail_in = static_cast<uInt>(available_);
            const auto room = static_cast<uInt>(std::min(size - filled, piece));
            stream_.next_out = target + filled;
            stream_.avail_out = room;
            const int result = ::inflate(&stream_, Z_NO_FLUSH);
            start_ += available_ - stream_.avail_in;
            available_ = stream_.avail_in;
            filled += room - stream_.avail_out;
            if (result == Z_STREAM_END) {
                ended_ = !at_gzip_member();  // as on disk, other bytes after the end are ignored
                if (!ended_) ::inflateReset(&stream_);
            } else if (result != Z_OK) {
                fail_inflating(path_, result);
            }
        }
        return filled;
    }

    fs::path path_;
    ArchiveEntry entry_;
    ArchiveReader reader_;
    std::vector<std::uint8_t> block_ = std::vector<std::uint8_t>(1u << 16);
    std::size_t start_ = 0, available_ = 0;
    z_stream stream_ = {};
    bool compressed_ = false, ended_ = false;
};

}  // namespace

ByteReader::ByteReader(fs::path path, const std::stop_token& stop) {
    if (const auto place = split_archive_path(path))
        source_ = std::make_unique<EntrySource>(std::move(path), *place, stop);
    else
        source_ = std::make_unique<DiskSource>(std::move(path));
}

ByteReader::~ByteReader() = default;

bool is_readable_file(const fs::path& path) {
    std::error_code code;
    if (fs::is_regular_file(path, code)) return true;
    const auto place = split_archive_path(path);
    if (!place) return false;
    try {
        ArchiveEntry entry;
        open_entry(*place, entry);
        return true;
    } catch (const Error&) {
        return false;
    }
}

std::string read_small_file(const fs::path& path, std::size_t limit) {
    ByteReader reader(path);
    std::string text(std::min<std::uintmax_t>(reader.most_bytes(), limit + 1), '\0');
    text.resize(reader.read(text.data(), text.size()));
    if (text.size() > limit)
        fail(path, "it is larger than " + std::to_string(limit) + " bytes", "Choose another file");
    return text;
}

}  // namespace denoise
