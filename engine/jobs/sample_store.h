#pragma once

#include <cstddef>
#include <list>

#include "engine/jobs/sampling.h"
#include "engine/sampling/trajectory.h"

namespace denoise {

/// The setups, with their weights, and the states of sampling jobs, from which branches can start.
class SampleStore {
  public:
    struct Sample {
        JobId job = 0;
        SamplingSetup setup;
        Trajectory trajectory = {};
    };

    explicit SampleStore(std::size_t byte_limit) : byte_limit_(byte_limit) {}

    void add(JobId job, SamplingSetup setup);
    /// Throws Error if the job is unknown or its sample has been dropped.
    const Sample& find(JobId job) const;
    /// Adds a state, unless the sample has been dropped. Above the memory limit, thins the largest
    /// trajectory, or drops the oldest sample if that is not enough.
    void record(JobId job, const Step& step);

  private:
    std::size_t bytes() const;
    void make_room();

    std::size_t byte_limit_;
    std::list<Sample> samples_;  ///< oldest first
};

}  // namespace denoise
