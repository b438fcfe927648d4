#include "engine/jobs/sample_store.h"

#include <algorithm>
#include <numeric>

namespace denoise {
namespace {

std::size_t bytes_of(const SampleStore::Sample& sample) {
    // The weights are held twice: by the model and by the network of its denoiser.
    return sample.trajectory.bytes() + 2 * sample.setup.model.weights.nbytes();
}

}  // namespace

void SampleStore::add(JobId job, SamplingSetup setup) {
    samples_.push_back({job, std::move(setup)});
}

const SampleStore::Sample& SampleStore::find(JobId job) const {
    const auto sample = std::ranges::find(samples_, job, &Sample::job);
    if (sample == samples_.end())
        throw Error{"Cannot branch from this sample", "its states are not in memory",
                    "Draw the sample again, then branch"};
    return *sample;
}

void SampleStore::record(JobId job, const Step& step) {
    const auto sample = std::ranges::find(samples_, job, &Sample::job);
    if (sample == samples_.end()) return;
    sample->trajectory.add(step);
    make_room();
}

std::size_t SampleStore::bytes() const {
    return std::accumulate(samples_.begin(), samples_.end(), std::size_t{0},
                           [](std::size_t sum, const Sample& sample) { return sum + bytes_of(sample); });
}

void SampleStore::make_room() {
    while (bytes() > byte_limit_) {
        const auto largest = std::ranges::max_element(
            samples_, {}, [](const Sample& sample) { return sample.trajectory.bytes(); });
        if (largest->trajectory.thin()) continue;
        if (samples_.size() == 1) return;
        samples_.pop_front();
    }
}

}  // namespace denoise
