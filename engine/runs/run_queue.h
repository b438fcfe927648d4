#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/enum_names.h"
#include "engine/base/error.h"
#include "engine/runs/run_config.h"

namespace denoise {

enum class QueuedState { waiting, running, done, failed, stopped };
template <>
inline constexpr std::array names_of<QueuedState> = {
    NamedValue{QueuedState::waiting, "waiting", "Waiting", "it starts when the runs before it have ended"},
    NamedValue{QueuedState::running, "running", "Running", "it is being trained"},
    NamedValue{QueuedState::done, "done", "Done", "its budget is used up"},
    NamedValue{QueuedState::failed, "failed", "Failed", "an error has ended it"},
    NamedValue{QueuedState::stopped, "stopped", "Stopped", "a person has stopped it"},
};

/// The images of a run, as far as they are known before it starts.
struct QueuedImages {
    std::int64_t count = 0;  ///< 0: unknown, like all others
    int channels = 0, height = 0, width = 0;
    std::int64_t classes = 0;
    bool operator==(const QueuedImages&) const = default;
};

/// A run in the queue: a new one, or one that exists and is trained further.
struct QueuedRun {
    std::int64_t id = 0;  ///< unique in its queue, also after others were removed
    std::string name;     ///< part of the name of its folder
    std::string preset;   ///< from which its settings come; empty: none
    RunConfig config;     ///< with its budget, which is the total one of a run that is continued
    std::filesystem::path parent = {};  ///< where the folder of a new run is made; empty: in the default one
    std::filesystem::path folder = {};  ///< of the run; empty: it has not started yet
    bool continues = false;             ///< the run existed before it was added
    QueuedState state = QueuedState::waiting;
    std::string message = {};     ///< why it has failed
    double fraction = 0;          ///< of its budget, at the last checkpoint
    double expected_seconds = 0;  ///< for the whole budget, if that is in steps; 0: unknown
    QueuedImages images = {};

    bool operator==(const QueuedRun&) const = default;
};

/// Runs that are trained one after the other, in the order of the list.
struct RunQueue {
    std::vector<QueuedRun> runs;
    bool active = false;  ///< started, and neither paused nor at its end: also after a crash
    std::int64_t last_id = 0;

    bool operator==(const RunQueue&) const = default;
};

/// Null: there is no run with this id.
QueuedRun* find_queued(RunQueue& queue, std::int64_t id);
const QueuedRun* find_queued(const RunQueue& queue, std::int64_t id);

/// Adds a run at the end. Returns its id.
std::int64_t add_to_queue(RunQueue& queue, QueuedRun run);
/// Moves a run to the place `position` of the list. Returns false, without a change, for a run that is being
/// trained or does not exist, and for a place that it has already.
bool move_in_queue(RunQueue& queue, std::int64_t id, std::size_t position);

/// A run that was removed, and its place.
struct RemovedRun {
    QueuedRun run;
    std::size_t position = 0;
};
/// Nothing for a run that is being trained or does not exist.
std::optional<RemovedRun> remove_from_queue(RunQueue& queue, std::int64_t id);
/// Undoes it, also if the queue has become shorter.
void put_back(RunQueue& queue, RemovedRun removed);

/// Whether the budget of the run can be changed: it is not being trained and not done.
bool can_change_budget(const QueuedRun& run);
/// The budget in steps, or in minutes if `steps` is 0. Throws Error if it is out of range. Returns false
/// without a change if can_change_budget() is false or there is no such run.
bool set_budget(RunQueue& queue, std::int64_t id, std::int64_t steps, double minutes);
/// Lets a run that has failed or was stopped wait again, to go on from its last checkpoint if it has one.
bool try_again(RunQueue& queue, std::int64_t id);

/// The run to train next: one that was cut off by a crash, or else the first that waits. Null: none.
const QueuedRun* next_in_queue(const RunQueue& queue);
/// Lets the runs that count as running wait. For a program that has the queue alone: they were cut off.
void release_running(RunQueue& queue);
bool has_ended(const QueuedRun& run);

/// The time in seconds that a run needs until its end; negative: unknown.
double seconds_left(const QueuedRun& run);

struct QueueForecast {
    int runs = 0;        ///< that wait or are being trained
    double seconds = 0;  ///< for those whose time is known
    int unknown = 0;     ///< runs of unknown time
};
/// `running_seconds` replaces seconds_left() of the run that is being trained, if it is not negative.
QueueForecast forecast_of(const RunQueue& queue, double running_seconds = -1);

/// The memory and the disk space that the runs still need, compared with what is there now. Runs with unknown
/// images are left out.
struct QueueNeeds {
    std::int64_t memory = 0;  ///< of the run that needs most
    std::int64_t disk = 0;    ///< of all together
};
QueueNeeds needs_of(const RunQueue& queue);
/// What a run needs; nothing if that is unknown.
std::optional<QueueNeeds> needs_of(const QueuedRun& run);

/// {"schema": 1, "active", "last_id", "runs": [...]}
std::string queue_to_json(const RunQueue& queue);
/// Ignores unknown keys. Throws Error if the text is damaged, or of a newer version of the program; `source`
/// is the name of the file in it.
RunQueue queue_from_json(std::string_view json, const std::string& source);
/// Whether the text is a queue of a newer version of the program, which must be left alone.
bool is_newer_queue(std::string_view json);

}  // namespace denoise
