#include "engine/data/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <clocale>
#include <cstring>
#include <string_view>
#include <vector>

#include "engine/base/cancelled.h"
#include "engine/base/error.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t block_bytes = 1u << 16;
constexpr std::int64_t most_entries = 20'000'000;
constexpr const char* get_again = "Download or copy the archive again";

[[noreturn]] void fail(const fs::path& path, const std::string& cause, const std::string& remedy) {
    throw Error{"Cannot read the archive " + path.filename().string(), path.string() + ": " + cause, remedy};
}

/// The name without "." and empty parts, or nothing if it leads out of the archive.
std::optional<std::string> clean(std::string_view name) {
    std::string result;
    while (!name.empty()) {
        const std::size_t end = std::min(name.find_first_of("/\\"), name.size());
        const std::string_view part = name.substr(0, end);
        name.remove_prefix(std::min(end + 1, name.size()));
        if (part == "..") return std::nullopt;
        if (part.empty() || part == ".") continue;
        if (!result.empty()) result += '/';
        result += part;
    }
    return result;
}

/// The bytes of the name, which are UTF-8 or as another system wrote them.
std::string name_of(archive_entry* entry) {
    if (const char* name = archive_entry_pathname(entry)) return name;
    if (const char* name = archive_entry_pathname_utf8(entry)) return name;
    return {};
}

/// libarchive converts names to the characters of the locale, and gives none if this is not possible, as in
/// the locale "C". This is UTF-8 for the calling thread.
class Utf8Names {
  public:
    Utf8Names() {
        static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
        if (utf8) before_ = ::uselocale(utf8);
    }
    ~Utf8Names() {
        if (before_) ::uselocale(before_);
    }
    Utf8Names(const Utf8Names&) = delete;
    Utf8Names& operator=(const Utf8Names&) = delete;

  private:
    locale_t before_ = nullptr;
};

}  // namespace

struct ArchiveReader::State {
    fs::path path;
    std::stop_token stop;
    int descriptor = -1;
    std::vector<char> block = std::vector<char>(block_bytes);
    archive* reader = nullptr;
    std::int64_t position = 0;
    std::string current;             ///< name of the last entry
    std::uint64_t current_size = 0;  ///< as the archive says
    bool ended = false;

    State(fs::path file, std::stop_token token) : path(std::move(file)), stop(std::move(token)) {}
    ~State() {
        if (reader) archive_read_free(reader);
        if (descriptor >= 0) ::close(descriptor);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void open();
    void check(int result);
    std::string cause() const;

    static la_ssize_t read_block(archive* reader, void* self, const void** data) {
        auto& state = *static_cast<State*>(self);
        *data = state.block.data();
        if (state.stop.stop_requested()) {  // a small file may decompress to very much
            archive_set_error(reader, ECANCELED, "cancelled");
            return ARCHIVE_FATAL;
        }
        const ssize_t got = ::read(state.descriptor, state.block.data(), state.block.size());
        if (got < 0) archive_set_error(reader, errno, "%s", std::strerror(errno));
        return got < 0 ? ARCHIVE_FATAL : got;
    }
    static la_int64_t skip(archive*, void* self, la_int64_t bytes) {
        const auto& state = *static_cast<State*>(self);
        const off_t before = ::lseek(state.descriptor, 0, SEEK_CUR),
                    end = ::lseek(state.descriptor, 0, SEEK_END);
        const off_t after = std::min<off_t>(before + bytes, std::max(before, end));
        return ::lseek(state.descriptor, after, SEEK_SET) - before;
    }
    static la_int64_t seek(archive*, void* self, la_int64_t offset, int whence) {
        const off_t result = ::lseek(static_cast<State*>(self)->descriptor, offset, whence);
        return result < 0 ? ARCHIVE_FATAL : result;
    }
};

std::string ArchiveReader::State::cause() const {
    const char* text = archive_error_string(reader);
    const std::string_view message = text ? text : "unknown error";
    for (const std::string_view word : {"Truncated", "truncated", "end of file", "Unexpected EOF"})
        if (message.find(word) != std::string_view::npos) return "it is cut short";
    if (message.find("Unrecognized") != std::string_view::npos)
        return "it is cut short, or it is not a zip or tar archive";
    return "it is damaged (" + std::string(message) + ")";
}

void ArchiveReader::State::check(int result) {
    if (result >= ARCHIVE_WARN) return;
    if (stop.stop_requested()) throw Cancelled{};
    ended = true;
    fail(path, cause(), get_again);
}

void ArchiveReader::State::open() {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
        fail(path, "it is not an ordinary file", "Choose a file");
    descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) fail(path, std::strerror(errno), "Check the file name and the permissions");
    reader = archive_read_new();
    // Not all filters and formats: some start other programs, and each is a target for malicious files.
    archive_read_support_filter_gzip(reader);
    archive_read_support_filter_bzip2(reader);
    archive_read_support_filter_xz(reader);
    archive_read_support_filter_zstd(reader);
    archive_read_support_format_tar(reader);
    archive_read_support_format_zip_seekable(reader);
    archive_read_set_callback_data(reader, this);
    archive_read_set_read_callback(reader, read_block);
    archive_read_set_seek_callback(reader, seek);
    archive_read_set_skip_callback(reader, skip);
    if (archive_read_open1(reader) >= ARCHIVE_WARN) return;
    if (stop.stop_requested()) throw Cancelled{};
    fail(path, cause(), get_again);
}

ArchiveReader::ArchiveReader(fs::path path, std::stop_token stop)
    : state_(std::make_unique<State>(std::move(path), std::move(stop))) {
    state_->open();
}

ArchiveReader::~ArchiveReader() = default;
ArchiveReader::ArchiveReader(ArchiveReader&&) noexcept = default;

std::optional<ArchiveEntry> ArchiveReader::next() {
    State& state = *state_;
    const Utf8Names utf8;
    while (true) {
        if (state.stop.stop_requested()) throw Cancelled{};
        archive_entry* header = nullptr;
        const int result = archive_read_next_header(state.reader, &header);
        if (result == ARCHIVE_EOF) return std::nullopt;
        state.check(result);
        const std::int64_t position = state.position++;
        if (position >= most_entries)
            fail(state.path, "it contains more than " + std::to_string(most_entries) + " entries",
                 "Unpack it, and choose a folder with fewer files");
        if (archive_entry_filetype(header) == AE_IFDIR) continue;
        const std::string whole = name_of(header);
        const std::optional<std::string> name = clean(whole);
        ArchiveEntry entry{name.value_or(whole), position,
                           static_cast<std::uint64_t>(std::max<la_int64_t>(archive_entry_size(header), 0))};
        if (!name) entry.problem = "its name leads out of the archive";
        if (entry.name.empty())
            entry = {"entry " + std::to_string(position + 1), position, 0, "it has no name"};
        if (archive_entry_is_encrypted(header)) entry.problem = "it is encrypted with a password";
        if (archive_entry_hardlink(header) || archive_entry_filetype(header) == AE_IFLNK)
            entry.problem = "it is a link to another file, which is not followed in an archive";
        else if (archive_entry_filetype(header) != AE_IFREG && archive_entry_filetype(header) != 0)
            entry.problem = "it is not an ordinary file";
        state.current = entry.name;
        state.current_size = entry.size;
        return entry;
    }
}

std::size_t ArchiveReader::read(void* target, std::size_t size) {
    State& state = *state_;
    std::size_t filled = 0;
    while (filled < size) {
        const la_ssize_t got =
            archive_read_data(state.reader, static_cast<char*>(target) + filled, size - filled);
        if (got == 0) break;
        if (got < 0) {
            if (state.stop.stop_requested()) throw Cancelled{};
            state.ended = got == ARCHIVE_FATAL;
            fail(state.path / state.current, state.cause(), get_again);
        }
        filled += static_cast<std::size_t>(got);
    }
    return filled;
}

std::string ArchiveReader::read_all(std::uint64_t limit) {
    constexpr std::uint64_t most_trusted = 1u << 20;
    std::string bytes;
    bytes.reserve(std::min(state_->current_size, limit) + 1);  // not used before it is filled
    // Starts with one byte more than the archive says, to see the end, and grows with what is there.
    for (std::size_t piece = std::min(state_->current_size, most_trusted) + 1;; piece = bytes.size()) {
        const std::size_t before = bytes.size();
        bytes.resize(before + piece);
        const std::size_t got = read(bytes.data() + before, piece);
        bytes.resize(before + got);
        if (bytes.size() > limit)
            fail(state_->path / state_->current, "it is larger than " + std::to_string(limit >> 20) + " MiB",
                 "Remove it from the archive");
        if (got < piece) break;
    }
    return bytes;
}

bool ArchiveReader::has_ended() const {
    return state_->ended;
}

bool ArchiveReader::skips_quickly() const {
    return archive_filter_code(state_->reader, 0) == ARCHIVE_FILTER_NONE;
}

bool is_archive(const fs::path& path) {
    std::error_code code;
    if (!fs::is_regular_file(path, code)) return false;
    try {
        std::array<char, 4> start{};
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (descriptor < 0) return false;
        const ssize_t got = ::read(descriptor, start.data(), start.size());
        ::close(descriptor);
        const std::string_view head(start.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        // A zip file that is cut short has no directory, which libarchive looks for.
        if (head.starts_with("PK\x03\x04") || head.starts_with("PK\x05\x06")) return true;
        return ArchiveReader(path).next().has_value();
    } catch (const Error&) {
        return false;
    }
}

std::optional<ArchivePath> split_archive_path(const fs::path& path) {
    std::error_code code;
    if (fs::exists(path, code)) return std::nullopt;
    for (fs::path above = path.parent_path(); above.has_relative_path(); above = above.parent_path()) {
        const fs::file_status status = fs::status(above, code);
        if (fs::is_regular_file(status))
            return ArchivePath{above, path.lexically_relative(above).generic_string()};
        if (fs::exists(status)) break;
    }
    return std::nullopt;
}

ArchiveReader open_entry(const ArchivePath& path, ArchiveEntry& entry, const std::stop_token& stop) {
    ArchiveReader reader(path.archive, stop);
    while (std::optional<ArchiveEntry> each = reader.next())
        if (each->name == path.entry) {
            if (!each->problem.empty()) fail(path.archive / path.entry, each->problem, "Choose another file");
            entry = *each;
            return reader;
        }
    fail(path.archive / path.entry, "the archive has no such file", "Choose another file");
}

}  // namespace denoise
