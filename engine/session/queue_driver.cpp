#include "engine/session/queue_driver.h"

#include <algorithm>
#include <utility>

#include "engine/runs/run_folder.h"
#include "engine/runs/run_list.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// Whether the run has ended without the queue having been told, because of a crash right after it.
bool is_finished(const QueuedRun& run) {
    try {
        const TrainingConfig budget = read_run_header(run.folder).config.training;
        const TrainingConfig& wanted = run.config.training;
        return read_run_status(run.folder) == RunStatus::finished && budget.steps == wanted.steps &&
               (wanted.steps > 0 || budget.minutes == wanted.minutes);
    } catch (const Error&) {
        return false;  // resuming it reports the reason
    }
}

/// Whether the engine can begin a run: no other is open or about to be opened.
bool has_room(EngineState state) {
    return state == EngineState::empty || state == EngineState::idle || state == EngineState::sampling ||
           state == EngineState::error;
}

}  // namespace

QueueDriver::QueueDriver(QueueFile& file, Post post, Report report)
    : file_(file), post_(std::move(post)), report_(std::move(report)) {}

void QueueDriver::start() {
    if (on_) return;
    file_.hold();
    try {
        file_.change([](RunQueue& queue) {
            release_running(queue);
            queue.active = next_in_queue(queue) != nullptr;
        });
        if (!file_.queue().active)
            throw Error{"The queue cannot start", "no run in it is waiting", "Add a run to the queue"};
    } catch (const Error&) {
        file_.release();
        throw;
    }
    on_ = true;
    pausing_ = closing_ = false;
    go_on();
}

void QueueDriver::pause() {
    if (!on_) return;
    pausing_ = true;
    if (job_ == 0) return turn_off(false);
    post_(Cancel{job_});
}

void QueueDriver::interrupt() {
    if (!on_) return;
    closing_ = true;
    if (job_ == 0) return turn_off(true);
    post_(Cancel{job_});
}

void QueueDriver::take(const Event& event) {
    std::visit([this](const auto& each) { on(each); }, event);
}

void QueueDriver::go_on() {
    if (!on_ || job_ != 0 || closing_ || !has_room(state_)) return;
    const QueuedRun* next = next_in_queue(file_.queue());
    while (next && !next->folder.empty() && is_finished(*next)) {
        const std::int64_t id = next->id;
        change([id](RunQueue& queue) { find_queued(queue, id)->state = QueuedState::done; });
        next = next_in_queue(file_.queue());
    }
    if (!next) return turn_off(false);
    begin(*next);
}

void QueueDriver::begin(const QueuedRun& waiting) {
    QueuedRun run = waiting;
    const bool resumes = run.continues || (!run.folder.empty() && is_run_folder(run.folder));
    if (!resumes)
        run.folder = new_run_folder(run.parent.empty() ? default_runs_folder() : run.parent, run.name);
    current_ = run.id;
    completed_ = false;
    fraction_ = run.fraction;
    remaining_ = -1;
    problem_.reset();
    failure_.reset();
    change_current([&](QueuedRun& queued) {
        queued.state = QueuedState::running;
        queued.folder = run.folder;
        queued.message.clear();
    });
    const TrainingConfig& budget = run.config.training;
    if (resumes)
        job_ = post_(ResumeTraining{run.folder, budget.steps, budget.steps > 0 ? 0 : budget.minutes});
    else
        job_ = post_(StartTraining{run.config, run.folder});
}

void QueueDriver::on(const StateChanged& event) {
    state_ = event.state;
    fail_if_diverged();
    go_on();
}

void QueueDriver::on(const Problem& event) {
    if (job_ == 0 || event.job != job_) return;
    problem_ = event.error;
    fail_if_diverged();
}

/// A run that has diverged stays open, so that a person can continue it. At night nobody does.
void QueueDriver::fail_if_diverged() {
    if (!on_ || job_ == 0 || failure_ || !problem_ || state_ != EngineState::diverged) return;
    failure_ = problem_;
    post_(StopTraining{});
}

void QueueDriver::on(const RunOpened& event) {
    if (job_ == 0 || event.job != job_) return;
    change_current([&](QueuedRun& run) { run.folder = event.folder; });
}

void QueueDriver::on(const RunChanged& event) {
    if (job_ == 0 || event.job != job_) return;
    change_current([&](QueuedRun& run) { run.config.training = event.config.training; });
}

void QueueDriver::on(const TrainingProgress& event) {
    if (job_ == 0 || event.job != job_) return;
    fraction_ = std::clamp(event.fraction, 0.0, 1.0);
    remaining_ = event.remaining_seconds;
}

void QueueDriver::on(const CheckpointSaved& event) {
    if (job_ == 0 || event.job != job_) return;
    change_current([this](QueuedRun& run) { run.fraction = fraction_; });
}

void QueueDriver::on(const TrainingEnded& event) {
    if (job_ != 0 && event.job == job_) completed_ = event.completed;
}

void QueueDriver::on(const JobEnded& event) {
    if (job_ == 0 || event.job != job_) return;
    if (event.outcome == Outcome::failed && !failure_) failure_ = event.error;
    if (failure_)
        end_current(QueuedState::failed, one_line(*failure_));
    else if (completed_)
        end_current(QueuedState::done, {});
    else if (pausing_ || closing_)
        end_current(QueuedState::waiting, {});
    else {
        end_current(QueuedState::stopped, {});  // by a person, who wants the computer now
        return turn_off(false);
    }
    if (closing_) return turn_off(next_in_queue(file_.queue()) != nullptr);
    if (pausing_) return turn_off(false);
    go_on();
}

void QueueDriver::end_current(QueuedState state, const std::string& message) {
    change_current([&](QueuedRun& run) {
        run.state = state;
        run.message = message;
        run.fraction = state == QueuedState::done ? 1 : fraction_;
    });
    job_ = 0;
    current_ = 0;
}

void QueueDriver::turn_off(bool active) {
    change([active](RunQueue& queue) { queue.active = active; });
    on_ = pausing_ = false;
    file_.release();
}

void QueueDriver::change(const std::function<void(RunQueue&)>& action) {
    try {
        file_.change(action);
    } catch (const Error& error) {
        report_(error);
    }
}

void QueueDriver::change_current(const std::function<void(QueuedRun&)>& action) {
    change([&](RunQueue& queue) {
        if (QueuedRun* run = find_queued(queue, current_)) action(*run);
    });
}

}  // namespace denoise
