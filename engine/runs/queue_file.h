#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "engine/base/file_lock.h"
#include "engine/runs/run_queue.h"

namespace denoise {

/// "queue.json" in default_runs_folder(). Throws Error like that function.
std::filesystem::path default_queue_file();

/// The queue in a file that several programs share. Each change reads the file, changes the queue and writes
/// it, under a lock on "queue.json.lock" beside it. The program that works through the queue keeps the lock,
/// and the others can only show it.
class QueueFile {
  public:
    using Stamp = std::pair<std::filesystem::file_time_type, std::uintmax_t>;
    /// What a look at the files shows without reading them.
    struct Sight {
        std::optional<Stamp> stamp;  ///< nothing: there is no file
        bool is_locked = false;
    };

    /// Reads the file, if it exists. Never throws.
    explicit QueueFile(std::filesystem::path file);

    const std::filesystem::path& path() const { return path_; }
    const RunQueue& queue() const { return queue_; }
    /// Reads the file again if another program has changed it. Returns whether queue() or obstacle() is
    /// another one now. Never throws.
    bool refresh();
    /// Looks at the queue in `file`. May be called in another thread, as a drive may not answer. Never
    /// throws.
    static Sight look(const std::filesystem::path& file);
    /// Whether refresh() may find something new after this look. Does not use the files.
    bool needs_refresh(const Sight& sight) const;
    /// Why the queue cannot be changed now; nothing: it can.
    const std::optional<Error>& obstacle() const { return obstacle_; }
    /// A damaged file was moved away, to a name that the error tells. Each problem is returned once.
    std::optional<Error> take_problem();

    /// Changes the queue in the file. Throws Error, without a change, if there is an obstacle or if the file
    /// cannot be written. While the lock is held, queue() changes in any case, and is written with the next
    /// change.
    void change(const std::function<void(RunQueue&)>& action);

    /// Takes the lock until release() or the end of the program. Throws Error if another has it.
    void hold();
    void release();
    bool is_held() const { return held_.has_value(); }

  private:
    enum class Access { unlocked, locked };  ///< whether this object has the lock

    FileLock lock() const;
    bool is_locked_elsewhere() const;
    bool is_outdated() const;
    void read(Access access);
    void read_damaged(const Error& damage);
    void move_away(const Error& damage);
    void write(const RunQueue& queue);

    std::filesystem::path path_;
    RunQueue queue_;
    std::optional<FileLock> held_;
    std::optional<Stamp> stamp_;  ///< of the file that was read
    bool read_again_ = false;     ///< although the stamp is the same
    std::optional<Error> obstacle_, unreadable_, problem_;
};

}  // namespace denoise
