#include "engine/jobs/sampling_executions.h"

#include <algorithm>

#include "engine/base/processors.h"
#include "engine/device/devices.h"
#include "engine/jobs/sampling.h"

namespace denoise {
namespace {

void check_execution(const Execution& execution) {
    if (execution.threads >= 0 && execution.threads <= most_threads()) return;
    throw Error{"Cannot sample with " + std::to_string(execution.threads) + " threads",
                "this computer has " + std::to_string(processor_count()) + " processors",
                "Choose at most " + std::to_string(most_threads()) + ", or leave the execution out"};
}

}  // namespace

Work<SamplingChoice> SamplingExecutions::choose(Model model, SampleRequest request, std::int64_t batch,
                                                double images) {
    if (request.execution) {
        check_execution(*request.execution);
        Execution execution = *request.execution;
        // A picture of another computer may ask for a device that is not here.
        execution.device = usable_device(device_ == ComputeDevice::automatic ? execution.device : device_);
        co_return SamplingChoice{execution};
    }
    const Timings candidates = sampling_candidates(model, threads_, device_);
    if (candidates.size() == 1) co_return SamplingChoice{candidates.front().execution};
    const std::string key = sampling_key(model, batch, threads_, device_);
    if (const auto found = known_.find(key); found != known_.end())
        co_return SamplingChoice{found->second.front().execution, found->second};
    Timings timings;
    if (const std::optional<Timings> stored = find_timings(timing_cache_file(), key)) {
        timings = *stored;
    } else {
        if (!worth_calibrating(model, images)) co_return SamplingChoice{candidates.front().execution};
        timings = co_await time_sampling(model, batch, threads_, device_);
        // An incomplete comparison, because other programs use the computer, is repeated after the next
        // start.
        if (std::erase_if(timings, [](const Timing& timing) { return timing.images_per_second == 0; }) == 0)
            store_timings(timing_cache_file(), key, timings, 0);
    }
    known_[key] = timings;
    co_return SamplingChoice{timings.front().execution, timings};
}

double calls_per_image(const Model& model, const SampleRequest& request) {
    return step_count(model, request) * (request.guidance_scale == 1 ? 1.0 : 2.0);
}

double evaluated_images(const Model& model, const SampleRequest& request, std::int64_t count) {
    return static_cast<double>(std::max(count, request.total_images)) * calls_per_image(model, request);
}

}  // namespace denoise
