#include "engine/runs/queue_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "engine/base/atomic_file.h"
#include "engine/runs/run_list.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// Another program has the lock only for a moment, unless it works through the queue.
constexpr std::chrono::milliseconds patience{500};
constexpr std::size_t size_limit = 64u << 20;

Error busy_error(const fs::path& file) {
    return {"The queue cannot be changed now",
            file.string() + ": another window or command is working through it",
            "Pause the queue there first"};
}

fs::path lock_of(fs::path file) {
    return file += ".lock";
}

std::optional<QueueFile::Stamp> stamp_of(const fs::path& file) {
    std::error_code code;
    const QueueFile::Stamp now{fs::last_write_time(file, code), code ? 0 : fs::file_size(file, code)};
    return code ? std::nullopt : std::optional(now);
}

/// A name beside `file` that nothing has: "queue.json.damaged", "queue.json.damaged 2"
fs::path unused_name(const fs::path& file) {
    fs::path name = file;
    name += ".damaged";
    std::error_code code;
    for (int n = 2; fs::exists(name, code); ++n) {
        name = file;
        name += ".damaged " + std::to_string(n);
    }
    return name;
}

}  // namespace

fs::path default_queue_file() {
    return default_runs_folder() / "queue.json";
}

QueueFile::QueueFile(fs::path file) : path_(std::move(file)) {
    read(Access::unlocked);
    refresh();
}

QueueFile::Sight QueueFile::look(const fs::path& file) {
    return {stamp_of(file), FileLock(lock_of(file)).is_locked_elsewhere()};
}

bool QueueFile::needs_refresh(const Sight& sight) const {
    if (held_) return false;  // it is this object that has the lock
    if (read_again_ || sight.stamp != stamp_) return true;
    return !unreadable_ && sight.is_locked != obstacle_.has_value();
}

bool QueueFile::is_locked_elsewhere() const {
    return !held_ && FileLock(lock_of(path_)).is_locked_elsewhere();
}

bool QueueFile::refresh() {
    const RunQueue before = queue_;
    const std::optional<Error> before_obstacle = obstacle_;
    if (!held_ && is_outdated()) read(Access::unlocked);
    if (unreadable_)
        obstacle_ = unreadable_;
    else if (is_locked_elsewhere())
        obstacle_ = busy_error(path_);
    else
        obstacle_.reset();
    const bool same_obstacle = obstacle_.has_value() == before_obstacle.has_value() &&
                               (!obstacle_ || obstacle_->why == before_obstacle->why);
    return !same_obstacle || !(queue_ == before);
}

std::optional<Error> QueueFile::take_problem() {
    return std::exchange(problem_, std::nullopt);
}

bool QueueFile::is_outdated() const {
    return read_again_ || stamp_of(path_) != stamp_;
}

void QueueFile::read(Access access) {
    stamp_ = stamp_of(path_);
    read_again_ = false;
    unreadable_.reset();
    if (!stamp_) {
        queue_ = {};
        return;
    }
    std::string text;
    try {
        text = read_text_file(path_, size_limit);
        queue_ = queue_from_json(text, path_.string());
    } catch (const Error& error) {
        queue_ = {};
        if (text.empty() && stamp_->second > 0)
            unreadable_ = error;  // no permission, or too large
        else if (is_newer_queue(text))
            unreadable_ = error;
        else if (access == Access::locked)
            move_away(error);
        else
            read_damaged(error);
    }
}

/// Under the lock the file may be another one already, which must not be moved away.
void QueueFile::read_damaged(const Error& damage) {
    FileLock lock(lock_of(path_), FileLock::Missing::create);
    if (lock.is_open() && lock.lock(std::chrono::milliseconds(0))) return read(Access::locked);
    unreadable_ = damage;
    read_again_ = true;  // with the next look
}

void QueueFile::move_away(const Error& damage) {
    const fs::path kept = unused_name(path_);
    std::error_code code;
    fs::rename(path_, kept, code);
    if (code) {
        unreadable_ = damage;
        return;
    }
    stamp_.reset();
    problem_ = Error{"The queue could not be read, and an empty one takes its place", damage.why,
                     "The damaged file was kept as " + kept.string()};
}

FileLock QueueFile::lock() const {
    std::error_code code;
    fs::create_directories(path_.parent_path(), code);
    FileLock lock(lock_of(path_), FileLock::Missing::create);
    if (!lock.is_open())
        throw Error{"The queue cannot be changed", lock_of(path_).string() + ": " + std::strerror(errno),
                    "Check the permissions of the folder"};
    if (!lock.lock(patience)) throw busy_error(path_);
    return lock;
}

void QueueFile::write(const RunQueue& queue) {
    write_text_file(path_, queue_to_json(queue));
    queue_ = queue;
    stamp_ = stamp_of(path_);
}

void QueueFile::change(const std::function<void(RunQueue&)>& action) {
    std::optional<FileLock> moment;
    if (!held_) {
        moment.emplace(lock());
        if (is_outdated()) read(Access::locked);
    }
    if (unreadable_) throw Error{*unreadable_};
    RunQueue queue = queue_;
    if (moment) release_running(queue);  // nobody trains them, or the lock would not be free
    action(queue);
    if (held_) queue_ = queue;
    write(queue);
}

void QueueFile::hold() {
    if (!held_) {
        held_.emplace(lock());
        if (is_outdated()) read(Access::locked);
    }
    refresh();
    if (unreadable_) {
        held_.reset();
        throw Error{*unreadable_};
    }
}

void QueueFile::release() {
    held_.reset();
}

}  // namespace denoise
