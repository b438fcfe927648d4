#include "engine/jobs/sample_store.h"

#include <algorithm>
#include <set>

namespace denoise {

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
    std::size_t sum = 0;
    std::set<const void*> counted;  // samples of a model that has not changed share its weights
    for (const Sample& sample : samples_) {
        const torch::Tensor& weights = sample.setup.model.weights;
        sum += sample.trajectory.bytes();
        if (counted.insert(weights.const_data_ptr()).second) sum += weights.nbytes();
    }
    return sum;
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
