#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <filesystem>
#include <string>
#include <vector>

namespace denoise::test {

/// A file for write_archive().
struct ArchivedFile {
    std::string name;
    std::string bytes;
    std::string link = {};  ///< a symbolic link to this instead
};

/// Writes "zip", "tar", "tar.gz", "tar.xz", "tar.zst" or "tar.bz2". A zip with a password is encrypted.
inline void write_archive(const std::filesystem::path& path, const std::string& format,
                          const std::vector<ArchivedFile>& files, const std::string& password = {}) {
    archive* writer = archive_write_new();
    if (format == "zip")
        archive_write_set_format_zip(writer);
    else
        archive_write_set_format_pax_restricted(writer);
    if (format == "tar.gz") archive_write_add_filter_gzip(writer);
    if (format == "tar.xz") archive_write_add_filter_xz(writer);
    if (format == "tar.zst") archive_write_add_filter_zstd(writer);
    if (format == "tar.bz2") archive_write_add_filter_bzip2(writer);
    if (!password.empty()) {
        archive_write_set_options(writer, "zip:encryption=traditional");
        archive_write_set_passphrase(writer, password.c_str());
    }
    std::filesystem::create_directories(path.parent_path());
    archive_write_open_filename(writer, path.c_str());
    for (const ArchivedFile& file : files) {
        archive_entry* entry = archive_entry_new();
        archive_entry_set_pathname(entry, file.name.c_str());
        archive_entry_set_perm(entry, 0644);
        if (file.link.empty()) {
            archive_entry_set_filetype(entry, AE_IFREG);
            archive_entry_set_size(entry, static_cast<la_int64_t>(file.bytes.size()));
        } else {
            archive_entry_set_filetype(entry, AE_IFLNK);
            archive_entry_set_symlink(entry, file.link.c_str());
        }
        archive_write_header(writer, entry);
        archive_write_data(writer, file.bytes.data(), file.bytes.size());
        archive_entry_free(entry);
    }
    archive_write_close(writer);
    archive_write_free(writer);
}

}  // namespace denoise::test
