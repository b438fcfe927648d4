#include "app/cli/engine_client.h"

#include "app/cli/interrupt.h"
#include "engine/base/cancelled.h"
#include "engine/session/logged_engine.h"

namespace denoise::cli {
namespace {

void throw_unless_done(const JobEnded& ended) {
    if (ended.outcome == Outcome::failed) throw ended.error;
    if (ended.outcome == Outcome::cancelled || interrupted()) throw Cancelled{};
}

}  // namespace

std::unique_ptr<Engine> engine_for_command(int threads, Communicator* group, ComputeDevice device) {
    EngineOptions options;
    options.threads = threads;
    options.device = device;
    options.yield = false;
    options.group = group;
    options.trajectory_bytes = std::size_t{64} << 20;  // a command branches at most once
    return with_log(make_engine(options));
}

void run_job(Engine& engine, Command request, const EventHandler& handler) {
    if (interrupted()) throw Cancelled{};
    const JobId job = engine.post(std::move(request));
    bool cancelling = false;
    for (;;) {
        const bool cancel = interrupted() && !cancelling;
        for (const Event& event : engine.wait_events(std::chrono::milliseconds(cancel ? 0 : 100))) {
            const auto* ended = std::get_if<JobEnded>(&event);
            if (ended && ended->job == job) return throw_unless_done(*ended);
            // A run that cannot be saved stays open: no JobEnded would follow.
            const auto* problem = std::get_if<Problem>(&event);
            if (problem && cancelling) throw problem->error;
            handler(event);
        }
        if (cancel) {  // only now, because a problem that was reported before it is not that of the last save
            engine.post(Cancel{job});
            cancelling = true;
        }
    }
}

void show_progress(const JobProgress& progress, ProgressLine& line) {
    const double share = static_cast<double>(progress.done) / static_cast<double>(progress.total);
    line.show(progress.total > 0 ? share : -1, progress.doing, count_text(progress.done, progress.total));
}

void show_event(const Event& event, ProgressLine* line) {
    if (const auto* problem = std::get_if<Problem>(&event)) {
        if (line) line->clear();
        print_warning(problem->error);
    }
    if (!line) return;
    if (const auto* notice = std::get_if<Notice>(&event)) line->say(notice->text);
    if (const auto* progress = std::get_if<JobProgress>(&event)) show_progress(*progress, *line);
}

}  // namespace denoise::cli
