// The .npz part of npy_file.h, by libarchive.

#include <archive.h>
#include <archive_entry.h>

#include <cstring>
#include <memory>
#include <string_view>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/formats/npy_file.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& cause, const std::string& remedy) {
    throw Error{"Cannot write " + path.filename().string(), path.string() + ": " + cause, remedy};
}

/// A zip file being written to `file`. Every member throws Error.
class ZipWriter {
  public:
    ZipWriter(const AtomicFile& file, const fs::path& path) : path_(path) {
        check(archive_write_set_format_zip(zip_.get()));
        check(archive_write_open_filename(zip_.get(), file.temporary_path().c_str()));
    }

    /// The entry has no time, so that the same data gives the same file.
    void begin_entry(const char* name, std::size_t size) {
        const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(),
                                                                                  &archive_entry_free);
        archive_entry_set_pathname(entry.get(), name);
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), 0644);
        check(archive_write_header(zip_.get(), entry.get()));
    }
    void write(std::string_view bytes) {
        while (!bytes.empty()) {  // libarchive takes at most 2 GB per call
            const la_ssize_t written = archive_write_data(zip_.get(), bytes.data(), bytes.size());
            check(written);
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
    }
    void close() { check(archive_write_close(zip_.get())); }

  private:
    void check(la_ssize_t result) const {
        if (result >= 0) return;
        const int number = archive_errno(zip_.get());
        fail(path_, number > 0 ? std::strerror(number) : archive_error_string(zip_.get()),
             "Free some space on this disk, or choose another folder");
    }

    std::unique_ptr<archive, decltype(&archive_write_free)> zip_{archive_write_new(), &archive_write_free};
    const fs::path& path_;
};

}  // namespace

void write_npz(const fs::path& path, const std::vector<std::int64_t>& shape,
               std::span<const std::uint8_t> values) {
    if (value_count(shape) != values.size())
        fail(path, "its shape does not fit its " + std::to_string(values.size()) + " values",
             "Report this: the program made a wrong array");
    const std::string header = npy_header("|u1", shape);
    AtomicFile file(path);
    ZipWriter zip(file, path);
    zip.begin_entry("arr_0.npy", header.size() + values.size());
    zip.write(header);
    zip.write({reinterpret_cast<const char*>(values.data()), values.size()});
    zip.close();
    file.commit();
}

}  // namespace denoise
