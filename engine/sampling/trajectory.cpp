#include "engine/sampling/trajectory.h"

namespace denoise {
namespace {

std::size_t bytes_of(const SamplerState& state) {
    // Tensors that the history shares with earlier states are counted again.
    std::size_t bytes = state.x.nbytes();
    for (const torch::Tensor& past : state.history) bytes += past.nbytes();
    return bytes;
}

}  // namespace

void Trajectory::add(const Step& step) {
    if ((!states_.empty() && step.i % stride_ != 0) || states_.contains(step.i)) return;
    const auto added = states_.emplace(step.i, step.state()).first;
    bytes_ += bytes_of(added->second);
}

bool Trajectory::thin() {
    if (states_.size() <= 1) return false;
    stride_ *= 2;
    std::erase_if(states_, [this](const auto& entry) {
        const bool first = entry.first == states_.begin()->first;
        return !first && entry.first % stride_ != 0;
    });
    bytes_ = 0;
    for (const auto& [i, state] : states_) bytes_ += bytes_of(state);
    return true;
}

const SamplerState& Trajectory::at_or_before(int i) const {
    return std::prev(states_.upper_bound(i))->second;
}

Work<SamplerState, Step> state_at(const Trajectory& trajectory, int i,
                                  std::function<Sampling(SamplerState)> again) {
    const SamplerState nearest = trajectory.at_or_before(i);
    if (nearest.i == i) co_return nearest;
    Sampling sampling = again(nearest);
    while (sampling.step()) {
        if (sampling.report().i == i) co_return sampling.report().state();
        co_yield sampling.report();
    }
    co_return nearest;  // not reached: the step is part of the plan
}

}  // namespace denoise
