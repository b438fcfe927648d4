#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace denoise {

/// Writes a file completely or not at all. The data goes to a temporary file in the folder of `path`;
/// commit() syncs that file to disk, renames it to `path` and syncs the folder. Without commit(), the
/// destructor removes the temporary file. If `path` is a symbolic link, the file that it points to is
/// written, which need not exist. Anything else that is not a regular file, such as a device or a pipe, is
/// not replaced. All member functions throw Error with the path and the system's reason (disk full,
/// permission denied, ...).
class AtomicFile {
  public:
    explicit AtomicFile(std::filesystem::path path);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(const void* data, std::size_t size);
    void commit();
    /// The temporary file, for libraries that do their own I/O.
    const std::filesystem::path& temporary_path() const { return temporary_; }

  private:
    [[noreturn]] void fail_and_remove(int error_number);

    std::filesystem::path path_;
    std::filesystem::path temporary_;
    int descriptor_ = -1;
};

/// The file that AtomicFile writes for `path`: the end of a chain of symbolic links, or `path` itself. Throws
/// Error if the links lead in a circle.
std::filesystem::path written_file(const std::filesystem::path& path);

/// Throws the Error that AtomicFile would throw for `path`, for example because its folder does not exist or
/// cannot be written to. For a check before long work whose result is written to `path`.
void check_can_write(const std::filesystem::path& path);

/// Writes `text` to `path` with AtomicFile.
void write_text_file(const std::filesystem::path& path, std::string_view text);

/// An unused path for a temporary file or folder in `folder`, which nobody can predict.
std::filesystem::path temporary_path_in(const std::filesystem::path& folder);

/// The content of a regular file. Throws Error if it cannot be read or is larger than `limit` bytes.
std::string read_text_file(const std::filesystem::path& path, std::size_t limit = 64u << 20);

}  // namespace denoise
