#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/data/dataset.h"

namespace denoise {

/// A file in a folder or an archive.
struct TreeFile {
    std::string name;           ///< relative to the folder or archive, with '/' between folders
    std::int64_t position = 0;  ///< in an archive
};

/// What is directly in a folder, in any order, without hidden files.
struct FolderContent {
    std::vector<std::string> files, folders;
};

/// All files, with those in subfolders, in natural order. Hidden files and folders are passed over.
struct TreeListing {
    std::vector<TreeFile> files;
    std::vector<SkippedFile> left_out;  ///< folders that cannot be read, links that lead nowhere, ...
};

/// A file on disk, or the content of a file in an archive.
struct TreeContent {
    std::filesystem::path path;
    const std::string* bytes = nullptr;  ///< null: on disk
    std::string problem = {};            ///< why it could not be read; empty if it could
};

/// The files of a folder or of an archive, which is not unpacked.
class FileTree {
  public:
    using Work = std::function<void(std::size_t index, const TreeContent& content)>;

    virtual ~FileTree() = default;

    /// The folder or archive, and the part of it that this is. A folder that contains nothing but a folder is
    /// passed over.
    const std::filesystem::path& path() const { return path_; }
    /// The name of the folder or archive that was chosen, without an extension like ".tar.gz".
    const std::string& title() const { return title_; }
    /// Of a file in messages, and for ByteReader: "/data/set.zip/train/1.png".
    std::filesystem::path path_of(const std::string& name) const { return path_ / name; }

    /// The content of the subfolder `name`, or of the whole if it is empty. Never throws.
    virtual FolderContent look_into(const std::string& name) const = 0;
    virtual TreeListing list(const LoadProgress& progress, const std::stop_token& stop) const = 0;
    /// The content of a file of at most `limit` bytes. Throws Error, and Cancelled after a stop request at
    /// the token that the tree was opened with.
    virtual std::string read(const TreeFile& file, std::size_t limit) const = 0;
    /// Calls `work` once for each of `files`, with its index in them, on all cores. `progress` is only called
    /// on the calling thread. The first exception ends the loop and is rethrown. A stop request throws
    /// Cancelled. Contents in an archive are read one after another, and few of them are in memory at a time.
    virtual void for_each(const std::vector<TreeFile>& files, const Work& work, const LoadProgress& progress,
                          const std::stop_token& stop) const = 0;

  protected:
    std::filesystem::path path_;
    std::string title_;
};

/// The tree of a folder or archive. Throws Error if it is an archive that cannot be read, and Cancelled.
std::unique_ptr<FileTree> open_tree(const std::filesystem::path& path, const LoadProgress& progress = {},
                                    const std::stop_token& stop = {});

/// Implementations for open_tree().
std::unique_ptr<FileTree> open_folder(const std::filesystem::path& path);
std::unique_ptr<FileTree> open_archive(const std::filesystem::path& path, const LoadProgress& progress,
                                       const std::stop_token& stop);

}  // namespace denoise
