#include "app/cli/queue_run.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "app/cli/engine_client.h"
#include "app/cli/interrupt.h"
#include "app/cli/queue_text.h"
#include "app/cli/train_report.h"
#include "engine/base/cancelled.h"
#include "engine/session/queue_driver.h"

namespace denoise::cli {
namespace {

/// Reports the training of each run, of which one that diverges does not end the command.
class QueueReport {
  public:
    void operator()(const Event& event) {
        if (const auto* change = std::get_if<StateChanged>(&event)) state_ = change->state;
        if (!report_) report_.emplace(false);
        try {
            (*report_)(event);
        } catch (const Error& error) {
            report_.reset();
            // A run that has diverged is closed, and the next one starts. One that cannot be saved is not.
            if (state_ != EngineState::diverged) throw;
            print_warning(error);
        }
        const auto* end = std::get_if<JobEnded>(&event);
        if (end && end->outcome == Outcome::failed) print_warning(end->error);
        if (end) report_.reset();
    }

  private:
    std::optional<TrainReport> report_;
    EngineState state_ = EngineState::empty;
};

/// Throws Error if a run has failed since `before`.
void require_success(const RunQueue& before, const RunQueue& after) {
    int failed = 0;
    for (const QueuedRun& run : after.runs) {
        const QueuedRun* old = find_queued(before, run.id);
        if (run.state == QueuedState::failed && (!old || old->state != QueuedState::failed)) ++failed;
    }
    if (failed > 0)
        throw Error{"The queue has ended, but not all runs are done", std::to_string(failed) + " failed",
                    "`denoise-lab-cli queue list` shows why"};
}

}  // namespace

void run_queue(int threads, ComputeDevice device) {
    QueueFile file = open_queue();
    const auto engine = engine_for_command(threads, nullptr, device);
    QueueDriver driver(
        file, [&](Command command) { return engine->post(std::move(command)); }, print_warning);
    driver.start();
    const RunQueue before = file.queue();
    QueueReport report;
    bool interrupting = false;
    while (driver.is_on()) {
        if (interrupted() && !std::exchange(interrupting, true)) driver.interrupt();
        for (const Event& event : engine->wait_events(std::chrono::milliseconds(100))) {
            report(event);
            driver.take(event);
        }
    }
    if (interrupting) {
        std::printf("Resume with: denoise-lab-cli queue run\n");
        throw Cancelled{};
    }
    require_success(before, file.queue());
}

}  // namespace denoise::cli
