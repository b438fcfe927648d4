#pragma once

#include <cstddef>
#include <map>

#include "engine/sampling/sampler.h"

namespace denoise {

/// The states of a sampling process in full precision, so that it can be continued from any step. To save
/// memory, only every k-th state can be kept; the others are computed again from the nearest earlier one.
class Trajectory {
  public:
    /// Keeps the state of `step` if it is the first or its index is a multiple of stride().
    void add(const Step& step);
    /// Drops every second state. Returns false if only the first is left.
    bool thin();

    bool empty() const { return states_.empty(); }
    /// The last kept state at or before step i.
    const SamplerState& at_or_before(int i) const;
    int stride() const { return stride_; }  ///< 1: every state is kept; n: every n-th
    std::size_t bytes() const { return bytes_; }

  private:
    std::map<int, SamplerState> states_;  ///< by step
    int stride_ = 1;
    std::size_t bytes_ = 0;
};

/// The state at step i of the sampling process of `trajectory`, bit for bit. `again` starts the same process
/// from a state. Takes at most stride() sampling steps.
Work<SamplerState, Step> state_at(const Trajectory& trajectory, int i,
                                  std::function<Sampling(SamplerState)> again);

}  // namespace denoise
