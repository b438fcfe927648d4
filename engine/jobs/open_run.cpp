#include "engine/jobs/open_run.h"

#include <algorithm>

#include "engine/base/memory.h"
#include "engine/base/processors.h"
#include "engine/runs/memory_estimate.h"
#include "engine/runs/run_list.h"
#include "engine/training/calibration.h"

namespace denoise {
namespace {

void check_memory(const RunConfig& config, const ImageBatch& images) {
    const std::optional<std::int64_t> available = available_bytes();
    if (!available) return;
    // The estimate contains the program, but not the dataset.
    const std::int64_t program = resident_bytes() - static_cast<std::int64_t>(images.pixels.size());
    check_training_memory(config, images.channels, images.height, images.width,
                          *available + std::max<std::int64_t>(program, 0));
}

}  // namespace

Notice skipped_checkpoint(JobId id, const Error& error) {
    return {id, "A damaged checkpoint was skipped: " + error.why};
}

Work<TrainingRun> start_run(StartTraining request, std::shared_ptr<const Dataset> dataset, int threads) {
    const TrainingRun::Clock::time_point begin = TrainingRun::Clock::now();
    const ImageBatch& images = dataset->images;
    check_run(request.config, images.count, images.channels, images.height, images.width);
    check_memory(request.config, images);
    const Timings timings = co_await calibrate(request.config, dataset, threads);
    const std::filesystem::path folder =
        request.folder.empty() ? new_run_folder(default_runs_folder(), dataset->name) : request.folder;
    TrainingRun run = TrainingRun::start(request.config, dataset, folder, timings.front().execution);
    run.set_timings(timings);
    run.start_clock(begin);
    co_return run;
}

Work<TrainingRun> resume_run(JobId id, Emit emit, ResumeTraining request,
                             std::shared_ptr<const Dataset> dataset, int threads) {
    RunFolder folder = RunFolder::open(request.folder);
    std::vector<Error> passed_over;
    Checkpoint checkpoint = load_newest_checkpoint(request.folder, &passed_over);
    for (const Error& error : passed_over) emit(skipped_checkpoint(id, error));
    if (dataset->fingerprint != checkpoint.header.dataset_fingerprint)
        emit(Notice{id,
                    "The dataset has changed since the start of this run. Training continues with the "
                    "current images"});
    const RunHeader& header = folder.header();
    Timings timings = {{execution_of(header)}};
    // Older versions had no fused kernels, and the run continues with exactly the same results.
    if (!header.measured)
        timings.front().execution.kernels = Kernels::plain;
    else if (header.measured->machine != machine_name())
        timings = co_await calibrate(header.config, dataset, threads);
    RunConfig config = header.config;
    config.training.precision = precision_of(timings.front().execution);
    config.training.kernels = timings.front().execution.kernels;
    check_memory(config, dataset->images);
    TrainingRun run = TrainingRun::resume(std::move(folder), std::move(checkpoint), dataset, request,
                                          timings.front().execution);
    run.set_timings(timings);
    run.start_clock();
    co_return run;
}

}  // namespace denoise
