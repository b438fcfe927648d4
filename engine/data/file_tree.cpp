// Folders on disk.

#include "engine/data/file_tree.h"

#include <sys/stat.h>

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/data/loading.h"
#include "engine/data/natural_order.h"
#include "engine/formats/picture_types.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr int deepest = 100;  ///< of folders; deeper ones are made by mistake

bool is_hidden(const fs::path& path) {  // thumbnails, "._" files of macOS, trash
    return path.filename().string().starts_with(".");
}

/// Identifies a file or folder, whatever its name is.
using Identity = std::pair<dev_t, ino_t>;

std::optional<Identity> identity_of(const fs::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return std::nullopt;
    return Identity{status.st_dev, status.st_ino};
}

/// Lists a folder. Links to folders and files are followed after everything else, so that a file that is
/// reachable twice is listed under its own name.
class FolderWalk {
  public:
    FolderWalk(const fs::path& root, const LoadProgress& progress, const std::stop_token& stop)
        : root_(root), progress_(progress), stop_(stop) {}

    TreeListing run() {
        std::error_code code;
        fs::directory_iterator(root_, code);
        if (code)
            throw Error{"Cannot load the pictures in " + root_.filename().string(),
                        root_.string() + ": " + code.message(), "Check the folder name and the permissions",
                        "dataset"};
        visit(root_, 0);
        follow_links();
        std::ranges::sort(listing_.files, natural_less, &TreeFile::name);
        return std::move(listing_);
    }

  private:
    struct Folder {
        fs::path path;
        int depth = 0;
    };

    void visit(const fs::path& folder, int depth) {
        std::deque<Folder> waiting{{folder, depth}};
        while (!waiting.empty()) {
            const Folder next = std::move(waiting.front());
            waiting.pop_front();
            if (const auto identity = identity_of(next.path); identity && !folders_.insert(*identity).second)
                continue;
            if (next.depth > deepest) {
                listing_.left_out.push_back({next.path, "its folders are nested too deeply"});
                continue;
            }
            std::error_code code;
            for (fs::directory_iterator entry(next.path, code), end; !code && entry != end;
                 entry.increment(code)) {
                if (stop_.stop_requested()) throw Cancelled{};
                std::error_code ignored;
                if (is_hidden(entry->path())) continue;
                if (entry->is_symlink(ignored))
                    links_.push_back({entry->path(), next.depth + 1});
                else if (entry->is_directory(ignored))
                    waiting.push_back({entry->path(), next.depth + 1});
                else
                    add(entry->path());
            }
            if (code) listing_.left_out.push_back({next.path, code.message()});
        }
    }

    void follow_links() {
        if (links_.empty()) return;
        std::set<Identity> files;
        for (const TreeFile& file : listing_.files)
            if (const auto identity = identity_of(root_ / file.name)) files.insert(*identity);
        std::size_t known = listing_.files.size();
        while (!links_.empty()) {  // a linked folder may contain links
            if (stop_.stop_requested()) throw Cancelled{};
            const Folder link = std::move(links_.front());
            links_.pop_front();
            const auto identity = identity_of(link.path);
            std::error_code ignored;
            if (!identity) {
                if (picture_type(link.path).picture)
                    listing_.left_out.push_back({link.path, "it is a link that leads nowhere"});
            } else if (fs::is_directory(link.path, ignored)) {
                visit(link.path, link.depth);
                for (; known < listing_.files.size(); ++known)
                    if (const auto file = identity_of(root_ / listing_.files[known].name))
                        files.insert(*file);
            } else if (files.insert(*identity).second) {
                add(link.path);
                known = listing_.files.size();
            } else if (picture_type(link.path).picture) {
                listing_.left_out.push_back(
                    {link.path, "it is a link to a file that is already in the folder"});
            }
        }
    }

    void add(const fs::path& path) {
        listing_.files.push_back({path.lexically_relative(root_).generic_string()});
        if (progress_ && listing_.files.size() % 1000 == 0) progress_(0, 0);
    }

    const fs::path& root_;
    const LoadProgress& progress_;
    const std::stop_token& stop_;
    TreeListing listing_;
    std::set<Identity> folders_;
    std::deque<Folder> links_;
};

class DiskTree : public FileTree {
  public:
    explicit DiskTree(const fs::path& path) {
        path_ = fs::absolute(path).lexically_normal();
        if (!path_.has_filename()) path_ = path_.parent_path();
        title_ = path_.filename().string();
        descend();
    }

    FolderContent look_into(const std::string& name) const override {
        FolderContent content;
        std::error_code code, ignored;
        for (fs::directory_iterator entry(path_ / name, code), end; !code && entry != end;
             entry.increment(code))
            if (!is_hidden(entry->path()))
                (entry->is_directory(ignored) ? content.folders : content.files)
                    .push_back(entry->path().filename().string());
        return content;
    }

    TreeListing list(const LoadProgress& progress, const std::stop_token& stop) const override {
        return FolderWalk(path_, progress, stop).run();
    }

    std::string read(const TreeFile& file, std::size_t limit) const override {
        return read_text_file(path_of(file.name), limit);
    }

    void for_each(const std::vector<TreeFile>& files, const Work& work, const LoadProgress& progress,
                  const std::stop_token& stop) const override {
        parallel_for(
            static_cast<std::int64_t>(files.size()),
            [&](std::int64_t i) {
                const auto index = static_cast<std::size_t>(i);
                work(index, {path_of(files[index].name)});
            },
            progress, stop);
    }

  private:
    /// The only folder in `folder`, if there is nothing else in it.
    static fs::path only_folder(const fs::path& folder) {
        fs::path only;
        std::error_code code, ignored;
        for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
            if (is_hidden(entry->path())) continue;
            if (!only.empty() || !entry->is_directory(ignored) || entry->is_symlink(ignored)) return {};
            only = entry->path();
        }
        return only;
    }
    static bool has_pictures(const fs::path& folder) {
        std::error_code code;
        for (fs::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code))
            if (picture_type(entry->path()).picture) return true;
        return false;
    }
    /// A folder around everything, as archives often have it, is no class.
    void descend() {
        for (int depth = 0; depth < deepest; ++depth) {
            const fs::path inner = only_folder(path_);
            if (inner.empty() || has_pictures(inner)) return;
            path_ = inner;
        }
    }
};

}  // namespace

std::unique_ptr<FileTree> open_folder(const fs::path& path) {
    return std::make_unique<DiskTree>(path);
}

std::unique_ptr<FileTree> open_tree(const fs::path& path, const LoadProgress& progress,
                                    const std::stop_token& stop) {
    std::error_code code;
    return fs::is_regular_file(path, code) ? open_archive(path, progress, stop) : open_folder(path);
}

}  // namespace denoise
