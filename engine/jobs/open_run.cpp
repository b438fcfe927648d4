#include "engine/jobs/open_run.h"

#include <algorithm>

#include "engine/base/memory.h"
#include "engine/base/processors.h"
#include "engine/device/devices.h"
#include "engine/jobs/group_training.h"
#include "engine/model/stoppable_read.h"
#include "engine/runs/batch_parts.h"
#include "engine/runs/disk_estimate.h"
#include "engine/runs/memory_estimate.h"
#include "engine/runs/run_changes.h"
#include "engine/runs/run_list.h"
#include "engine/training/calibration.h"

namespace denoise {
namespace {

constexpr const char* waiting = "waiting for the other processes";

/// On a graphics card, whose memory contains neither the program nor the dataset.
void check_card_memory(const RunConfig& config, const ImageBatch& images, ComputeDevice card, int sharing) {
    const std::optional<std::int64_t> free = free_device_bytes(card);
    if (!free) return;
    try {
        check_training_memory(config, images.channels, images.height, images.width, *free / sharing);
    } catch (Error error) {
        error.what += std::string(" on ") + name_of(card);
        throw error;
    }
}

/// The processes of `group` that compute on the card of this one.
int sharing_card(const Communicator* group, ComputeDevice wanted) {
    if (!group) return 1;
    const Place place = group->place();
    return takes_own_card(wanted) ? processes_on_card(place.number, place.count, card_count()) : place.count;
}

/// For each of the processes that share this machine. `wanted`: the device that was asked for.
void check_memory(const RunConfig& config, const ImageBatch& images, const Communicator* group,
                  ComputeDevice wanted, ComputeDevice device) {
    if (is_graphics_card(device))
        return check_card_memory(config, images, device, sharing_card(group, wanted));
    const std::optional<std::int64_t> available = available_bytes();
    if (!available) return;
    const int sharing = group ? group->sharing_processors() : 1;
    // The estimate contains the program, but not the dataset.
    const std::int64_t program = resident_bytes() - static_cast<std::int64_t>(images.pixels.size());
    check_training_memory(config, images.channels, images.height, images.width,
                          *available / sharing + std::max<std::int64_t>(program, 0));
}

void check_threads(int threads) {
    const int most = most_threads();
    if (threads > most)
        throw Error{"Cannot train with " + std::to_string(threads) + " threads",
                    "this computer has " + std::to_string(processor_count()) + " processors, and more than " +
                        std::to_string(most) + " threads only wait for each other",
                    "Choose at most " + std::to_string(most) + ", or 0 for the fastest number", "threads"};
}

/// How the images differ from those of the run. Fingerprints are too long to compare by eye.
std::string describe_change(const RunHeader& header, const Dataset& dataset) {
    std::string text = "The dataset has changed since the start of this run";
    if (dataset.images.count != header.image_count)
        text += ": it has " + std::to_string(dataset.images.count) + " images, before " +
                std::to_string(header.image_count);
    else if (dataset.class_names != header.class_names)
        text += ": it has other classes";
    return text + ". Training continues with the current images";
}

std::string describe_devices(ComputeDevice before, ComputeDevice now) {
    return std::string("This run was trained on ") + name_of(before) + ", and is now trained on " +
           name_of(now) + ": the last digits of its losses depend on it";
}

/// The images of a step.
struct StepImages {
    int processes = 1, of_each = 1;
    int all() const { return processes * of_each; }
    bool operator==(const StepImages&) const = default;
};

/// How a run goes on with the same steps; empty: not with `processes`.
std::string same_steps(const StepImages& before, int parts_before, int processes) {
    const int images = before.all(), parts = before.processes * parts_before;
    if (images % processes != 0) return {};
    const std::string batch = "--batch " + std::to_string(images / processes);
    return ". `denoise-lab-cli train --resume` with " + batch +
           (parts % processes == 0 ? " --batch-parts " + std::to_string(parts / processes) : "") +
           " would go on with as many as before";
}

/// What a resumed run does with another number of processes, or another batch.
std::string describe_step(const StepImages& before, int parts_before, const StepImages& now) {
    const auto text = [](int count) {
        return count == 1 ? std::string("one process") : std::to_string(count) + " processes";
    };
    std::string who = "This run was trained by " + text(before.processes);
    if (now.processes != before.processes) who += ", and is now trained by " + text(now.processes);
    if (now.all() == before.all())
        return who + ": a step has " + std::to_string(now.all()) + " images, as before";
    return who + ": a step has " + std::to_string(now.all()) + " images instead of " +
           std::to_string(before.all()) + ". The order of the images goes on as if all steps had had " +
           std::to_string(now.all()) +
           (now.of_each == before.of_each ? same_steps(before, parts_before, now.processes) : "");
}

/// The settings with which a run of `config` is resumed. Throws Error if the batch cannot be divided.
RunConfig resumed_config(RunConfig config, const ResumeTraining& request) {
    if (request.steps > 0) {
        config.training.steps = request.steps;
    } else if (request.minutes > 0) {
        config.training.steps = 0;
        config.training.minutes = request.minutes;
    }
    if (request.settings) config = with_live_settings(config, *request.settings);
    if (request.batch_size > 0) config.training.batch_size = request.batch_size;
    if (request.batch_parts > 0) config.training.batch_parts = request.batch_parts;
    if (!request.dataset.empty()) config.dataset.dataset = request.dataset;
    check_batch_parts(config.training);
    return config;
}

}  // namespace

Notice skipped_checkpoint(JobId id, const Error& error) {
    return {id, "A damaged checkpoint was skipped: " + error.why};
}

Work<TrainingRun> start_run(StartTraining request, std::shared_ptr<const Dataset> dataset, int threads,
                            Communicator* group) {
    const TrainingRun::Clock::time_point begin = TrainingRun::Clock::now();
    const ImageBatch& images = dataset->images;
    check_run(request.config, images.count, images.channels, images.height, images.width);
    check_threads(request.config.training.threads);
    const ComputeDevice wanted = request.config.training.device;
    check_memory(request.config, images, group, wanted, resolved_device(wanted));
    check_disk_space(request.config, images.channels, images.height, images.width,
                     request.folder.empty() ? default_runs_folder() : request.folder);
    if (group) {
        co_yield Progress(0, 0, waiting);
        require_same_dataset(*group, *dataset);
    }
    const Timings timings = co_await calibrate(request.config, dataset, threads);
    if (group) prepare_others(*group, request.config, timings.front().execution, wanted);
    const std::filesystem::path folder =
        request.folder.empty() ? new_run_folder(default_runs_folder(), dataset->name) : request.folder;
    TrainingRun run = TrainingRun::start(request.config, dataset, folder, timings.front().execution);
    run.train_with(group);
    run.set_timings(timings);
    run.start_clock(begin);
    co_return run;
}

Work<TrainingRun> resume_run(JobId id, Emit emit, ResumeTraining request,
                             std::shared_ptr<const Dataset> dataset, int threads, Communicator* group,
                             ComputeDevice device) {
    RunFolder folder = read_stoppably([path = request.folder] { return RunFolder::open(path); });
    std::vector<Error> passed_over;
    Checkpoint checkpoint = load_newest_checkpoint(request.folder, &passed_over);
    for (const Error& error : passed_over) emit(skipped_checkpoint(id, error));
    if (dataset->fingerprint != checkpoint.header.dataset_fingerprint)
        emit(Notice{id, describe_change(checkpoint.header, *dataset)});
    const RunHeader& header = folder.header();
    const RunConfig resumed = resumed_config(header.config, request);
    const StepImages before = {header.processes, header.config.training.batch_size},
                     now = {group ? group->size() : 1, resumed.training.batch_size};
    if (now != before) emit(Notice{id, describe_step(before, header.config.training.batch_parts, now)});
    if (group) {
        co_yield Progress(0, 0, waiting);
        require_same_dataset(*group, *dataset);
    }
    Timings timings = {{execution_of(header, device)}};
    const ComputeDevice wanted = device == ComputeDevice::automatic ? resumed.training.device : device;
    if (group) {
        Execution& execution = timings.front().execution;
        execution.device = device_of_process(wanted, execution.device, group->place().number);
    }
    RunConfig here = resumed;
    here.training.device = timings.front().execution.device;
    const bool moved = header.measured && header.measured->execution.device != here.training.device;
    if (moved) emit(Notice{id, describe_devices(header.measured->execution.device, here.training.device)});
    // Older versions had no fused kernels, and the run continues with exactly the same results.
    if (!header.measured)
        timings.front().execution.kernels = Kernels::plain;
    else if (moved || header.measured->machine != machine_name() || now != before)
        timings = co_await calibrate(here, dataset, threads);
    if (group && threads > 0) timings.front().execution.threads = threads;
    RunConfig config = resumed;
    config.training.precision = precision_of(timings.front().execution);
    config.training.kernels = timings.front().execution.kernels;
    check_memory(config, dataset->images, group, wanted, here.training.device);
    const ImageBatch& images = dataset->images;
    check_disk_space(config, images.channels, images.height, images.width, request.folder);
    TrainingRun run = TrainingRun::resume(std::move(folder), std::move(checkpoint), dataset, resumed,
                                          timings.front().execution);
    if (group) prepare_others(*group, run.config(), timings.front().execution, wanted);
    run.train_with(group);
    run.set_timings(timings);
    run.start_clock();
    co_return run;
}

}  // namespace denoise
