#pragma once

#include <functional>
#include <memory>

#include "app/cli/console.h"
#include "engine/session/engine.h"

namespace denoise::cli {

/// An engine for one command, with normal priority. `threads` 0: automatic. `group` and `device`: as in
/// EngineOptions.
std::unique_ptr<Engine> engine_for_command(int threads = 0, Communicator* group = nullptr,
                                           ComputeDevice device = ComputeDevice::automatic);

using EventHandler = std::function<void(const Event&)>;

/// Posts `request` and passes every event to `handler` until the job has ended. Ctrl+C cancels the job.
/// Throws the job's Error if it failed, and Cancelled after Ctrl+C.
void run_job(Engine& engine, Command request, const EventHandler& handler);

void show_progress(const JobProgress& progress, ProgressLine& line);

/// Shows progress, notices and problems in `line`. Without one, for commands that print JSON, problems alone
/// are printed.
void show_event(const Event& event, ProgressLine* line);

/// Runs a job as run_job() does, and returns the `Result` that it reports.
template <class Result>
Result result_of(Engine& engine, Command request, ProgressLine* line) {
    Result result;
    run_job(engine, std::move(request), [&](const Event& event) {
        show_event(event, line);
        if (const auto* found = std::get_if<Result>(&event)) result = *found;
    });
    return result;
}

}  // namespace denoise::cli
