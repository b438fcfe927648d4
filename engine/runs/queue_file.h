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
    /// Reads the file, if it exists. Never throws.
    explicit QueueFile(std::filesystem::path file);

    const std::filesystem::path& path() const { return path_; }
    const RunQueue& queue() const { return queue_; }
    /// Reads the file again if another program has changed it. Returns whether queue() or obstacle() is
    /// another one now. Never throws.
    bool refresh();
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
    using Stamp = std::pair<std::filesystem::file_time_type, std::uintmax_t>;

    FileLock lock() const;
    std::optional<Stamp> stamp() const;
    bool is_locked_elsewhere() const;
    void read();
    void move_away(const Error& damage);
    void write(const RunQueue& queue);

    std::filesystem::path path_;
    RunQueue queue_;
    std::optional<FileLock> held_;
    std::optional<Stamp> stamp_;  ///< of the file that was read
    std::optional<Error> obstacle_, unreadable_, problem_;
};

}  // namespace denoise
