#include "engine/runs/queued_runs.h"

#include <algorithm>

#include "engine/runs/run_folder.h"
#include "engine/runs/run_list.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;

/// How much of a budget is used up.
double share_done(const TrainingConfig& budget, const RunSummary& run) {
    const double share = budget.steps > 0 ? static_cast<double>(run.step) / static_cast<double>(budget.steps)
                                          : run.seconds / (60 * budget.minutes);
    return std::clamp(share, 0.0, 1.0);
}

}  // namespace

QueuedRun copy_of_run(const fs::path& folder) {
    const RunHeader header = read_run_header(folder);
    QueuedRun run;
    run.name = header.dataset_name;
    run.config = header.config;
    run.images = {header.image_count, header.channels, header.height, header.width,
                  static_cast<std::int64_t>(header.class_names.size())};
    return run;
}

QueuedRun continuation_of_run(const fs::path& folder, std::int64_t steps, double minutes) {
    QueuedRun run = copy_of_run(folder);
    std::error_code code;
    run.folder = fs::weakly_canonical(fs::absolute(folder, code), code);
    if (code) run.folder = folder;
    run.name = run.folder.filename().string();
    run.continues = true;
    const RunSummary summary = read_run(run.folder);
    TrainingConfig& budget = run.config.training;
    if (steps > 0) {
        budget.steps = steps;
    } else if (minutes > 0) {
        budget.steps = 0;
        budget.minutes = minutes;
    } else if (summary.state == RunState::finished) {
        if (budget.steps > 0)
            budget.steps *= 2;
        else
            budget.minutes *= 2;
    }
    run.fraction = share_done(budget, summary);
    return run;
}

}  // namespace denoise
