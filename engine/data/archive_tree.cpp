// The files of an archive, read by several threads: one reads the archive, which is possible only from the
// first file to the last, and the others work on the contents.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <set>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "engine/base/error.h"
#include "engine/base/processors.h"
#include "engine/data/archive_reader.h"
#include "engine/data/file_tree.h"
#include "engine/data/loading.h"
#include "engine/data/natural_order.h"
#include "engine/formats/picture_types.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t most_file_bytes = 256u << 20;
constexpr std::size_t most_waiting_bytes = 64u << 20;  // between the reader and the others
constexpr std::size_t most_waiting_files = 1000;
constexpr int most_damaged_files = 100;
constexpr std::uint64_t most_kept_bytes = 256u << 20;  // of archives that are slow to read twice

bool is_hidden(const std::string& name) {
    return name.starts_with(".") || name.starts_with("__MACOSX/") || name.find("/.") != std::string::npos;
}

/// Pictures are read for their sizes and for their pixels, lists of labels after the names are known.
bool is_read_twice(const std::string& name) {
    constexpr std::array<std::string_view, 4> lists{".json", ".csv", ".tsv", ".txt"};
    return picture_type(name).picture ||
           std::ranges::any_of(lists, [&](std::string_view end) { return name.ends_with(end); });
}

/// Files that have been read, for the threads that work on them. Few large files are in memory at a time.
class Queue {
  public:
    struct Item {
        std::size_t index = 0;
        std::string bytes;
        std::string problem;
    };

    /// Waits while the queue is full. False: the queue was closed.
    bool push(Item item) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] {
            return closed_ || bytes_ == 0 ||
                   (bytes_ + item.bytes.size() <= most_waiting_bytes && items_.size() < most_waiting_files);
        });
        if (closed_) return false;
        bytes_ += item.bytes.size();
        items_.push_back(std::move(item));
        changed_.notify_all();
        return true;
    }
    /// Waits for an item. Empty: there are no more.
    std::optional<Item> pop() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return closed_ || ended_ || !items_.empty(); });
        if (closed_ || items_.empty()) return std::nullopt;
        Item item = std::move(items_.front());
        items_.pop_front();
        return item;
    }
    /// The item is no longer in memory.
    void release(const Item& item) {
        const std::lock_guard lock(mutex_);
        bytes_ -= item.bytes.size();
        changed_.notify_all();
    }
    /// Nothing more is pushed.
    void end() { set(ended_); }
    /// Nothing more is wanted.
    void close() { set(closed_); }

  private:
    void set(bool& flag) {
        const std::lock_guard lock(mutex_);
        flag = true;
        changed_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Item> items_;
    std::size_t bytes_ = 0;
    bool ended_ = false, closed_ = false;
};

/// Tells the progress now and then.
class Reporter {
  public:
    Reporter(const LoadProgress& progress, std::int64_t total) : progress_(progress), total_(total) {}
    void operator()(std::int64_t done) {
        const auto now = std::chrono::steady_clock::now();
        if (!progress_ || now - last_ < std::chrono::milliseconds(30)) return;
        last_ = now;
        progress_(done, total_);
    }

  private:
    const LoadProgress& progress_;
    std::int64_t total_;
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

class ArchiveTree : public FileTree {
  public:
    ArchiveTree(const fs::path& path, const LoadProgress& progress, const std::stop_token& stop)
        : archive_(fs::absolute(path)), stop_(stop) {
        path_ = archive_;
        title_ = archive_.stem().string();
        if (title_.ends_with(".tar")) title_.resize(title_.size() - 4);
        read_names(progress, stop);
        descend();
        std::ranges::sort(listing_.files, natural_less, &TreeFile::name);
    }

    FolderContent look_into(const std::string& name) const override {
        FolderContent content;
        std::set<std::string> folders;
        const std::string prefix = name.empty() ? name : name + "/";
        for (const TreeFile& file : listing_.files) {
            if (!file.name.starts_with(prefix)) continue;
            const std::size_t slash = file.name.find('/', prefix.size());
            if (slash == std::string::npos)
                content.files.push_back(file.name.substr(prefix.size()));
            else
                folders.insert(file.name.substr(prefix.size(), slash - prefix.size()));
        }
        content.folders.assign(folders.begin(), folders.end());
        return content;
    }

    TreeListing list(const LoadProgress&, const std::stop_token&) const override { return listing_; }

    std::string read(const TreeFile& file, std::size_t limit) const override {
        if (const auto kept = kept_.find(file.position); kept != kept_.end() && kept->second.size() <= limit)
            return kept->second;
        ArchiveReader reader(archive_, stop_);
        while (const std::optional<ArchiveEntry> entry = reader.next())
            if (entry->position == file.position) return reader.read_all(limit);
        throw Error{"Cannot read " + file.name, path_of(file.name).string() + ": the archive has changed",
                    "Load it again"};
    }

    void for_each(const std::vector<TreeFile>& files, const Work& work, const LoadProgress& progress,
                  const std::stop_token& stop) const override {
        if (std::ranges::all_of(files, [&](const TreeFile& file) { return kept_.contains(file.position); })) {
            parallel_for(
                static_cast<std::int64_t>(files.size()),
                [&](std::int64_t i) {
                    const TreeFile& file = files[static_cast<std::size_t>(i)];
                    work(static_cast<std::size_t>(i), {path_of(file.name), &kept_.at(file.position)});
                },
                progress, stop);
            return;
        }
        Queue queue;
        std::exception_ptr failure;
        std::mutex failure_mutex;
        std::atomic<std::int64_t> done{0};
        const auto keep_failure = [&] {
            const std::lock_guard lock(failure_mutex);
            if (!failure) failure = std::current_exception();
            queue.close();
        };
        {
            std::vector<std::jthread> workers;
            const auto run_worker = [&] {
                try {
                    while (const std::optional<Queue::Item> item = queue.pop()) {
                        work(item->index, {path_of(files[item->index].name), &item->bytes, item->problem});
                        queue.release(*item);
                        ++done;
                        if (stop.stop_requested()) queue.close();
                    }
                } catch (...) {
                    keep_failure();
                }
            };
            try {
                for (int i = 0; i < processor_count(); ++i) workers.emplace_back(run_worker);
                Reporter report(progress, static_cast<std::int64_t>(files.size()));
                read_into(queue, files, stop, [&] { report(done); });
                queue.end();
            } catch (...) {
                keep_failure();
            }
        }
        if (failure) std::rethrow_exception(failure);
        if (stop.stop_requested()) throw Cancelled{};
        const auto total = static_cast<std::int64_t>(files.size());
        if (progress) progress(total, total);
    }

  private:
    /// Reads the names. Archives that must be decompressed to pass over a file are kept in memory if they are
    /// small, because pictures are read twice: for their sizes and for their pixels.
    void read_names(const LoadProgress& progress, const std::stop_token& stop) {
        ArchiveReader reader(archive_, stop);
        std::unordered_set<std::string> names;
        std::uint64_t kept_bytes = 0;
        bool keeps = !reader.skips_quickly();
        Reporter report(progress, 0);
        while (const std::optional<ArchiveEntry> entry = reader.next()) {
            report(0);
            if (!entry->problem.empty()) {
                listing_.left_out.push_back({path_ / entry->name, entry->problem});
                continue;
            }
            if (is_hidden(entry->name)) continue;
            if (!names.insert(entry->name).second) {
                listing_.left_out.push_back(
                    {path_ / entry->name,
                     "the archive has more than one file of this name; the first is used"});
                continue;
            }
            listing_.files.push_back({entry->name, entry->position});
            if (!keeps || !is_read_twice(entry->name)) continue;
            keeps = kept_bytes + entry->size <= most_kept_bytes;
            if (keeps)
                kept_bytes += kept_.emplace(entry->position, reader.read_all(most_kept_bytes - kept_bytes))
                                  .first->second.size();
            else
                kept_.clear();
        }
        if (!listing_.files.empty()) return;
        const std::string archive_name = archive_.filename().string();
        if (listing_.left_out.empty())
            throw Error{"Cannot read the archive " + archive_name,
                        archive_.string() + ": it contains no files", "Choose another archive", "dataset"};
        throw Error{"Cannot read the archive " + archive_name,
                    archive_.string() + ": none of its files can be read; the first one is " +
                        listing_.left_out.front().path.filename().string() + ": " +
                        listing_.left_out.front().why,
                    "Choose another archive, or unpack this one and choose the folder", "dataset"};
    }

    /// A folder around everything is no class.
    void descend() {
        while (true) {
            const std::string& first = listing_.files.front().name;
            const std::size_t slash = first.find('/');
            if (slash == std::string::npos) return;
            const std::string folder = first.substr(0, slash + 1);
            const bool around_all = std::ranges::all_of(
                listing_.files, [&](const TreeFile& file) { return file.name.starts_with(folder); });
            const bool has_pictures = std::ranges::any_of(listing_.files, [&](const TreeFile& file) {
                return file.name.find('/', folder.size()) == std::string::npos &&
                       picture_type(file.name).picture;
            });
            if (!around_all || has_pictures) return;
            for (TreeFile& file : listing_.files) file.name.erase(0, folder.size());
            path_ /= folder.substr(0, slash);
        }
    }

    /// Reads the contents of `files` in the order of the archive.
    void read_into(Queue& queue, const std::vector<TreeFile>& files, const std::stop_token& stop,
                   const std::function<void()>& report) const {
        std::unordered_map<std::int64_t, std::size_t> wanted;
        for (std::size_t i = 0; i < files.size(); ++i) wanted.emplace(files[i].position, i);
        std::optional<ArchiveReader> reader(std::in_place, archive_, stop);
        std::int64_t reached = -1;
        int damaged = 0;
        while (!wanted.empty()) {
            const std::optional<ArchiveEntry> entry = reader->next();
            if (!entry) break;
            const auto found = entry->position > reached ? wanted.find(entry->position) : wanted.end();
            if (found == wanted.end()) continue;
            reached = entry->position;
            Queue::Item item{found->second, {}, {}};
            wanted.erase(found);
            try {
                item.bytes = reader->read_all(most_file_bytes);
            } catch (const Error& error) {
                const std::string place = (archive_ / entry->name).string() + ": ";
                item.problem = error.why.starts_with(place) ? error.why.substr(place.size()) : error.why;
                // The files after a damaged one in a zip can be read by another reader.
                if (reader->has_ended()) {
                    if (!reader->skips_quickly() || ++damaged > most_damaged_files) throw;
                    reader.emplace(archive_, stop);
                }
            }
            if (!queue.push(std::move(item))) return;
            report();
        }
        if (!wanted.empty())
            throw Error{"Cannot read the archive " + archive_.filename().string(),
                        archive_.string() + ": it has changed", "Load it again"};
    }

    fs::path archive_;
    std::stop_token stop_;
    TreeListing listing_;
    std::unordered_map<std::int64_t, std::string> kept_;  ///< contents by position; empty: they are not kept
};

}  // namespace

std::unique_ptr<FileTree> open_archive(const fs::path& path, const LoadProgress& progress,
                                       const std::stop_token& stop) {
    return std::make_unique<ArchiveTree>(path, progress, stop);
}

}  // namespace denoise
