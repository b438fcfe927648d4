#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/session/events.h"

namespace denoise::ui {

/// One moment of a sampler: what the network was given and what it saw in it.
struct TrajectoryFrame {
    int step = 0;          ///< 0 is the first; steps() is the result
    int timestep = 0;      ///< -1 is the result
    double alpha_bar = 1;  ///< 1 for the result
    ImageBatch x_t;
    ImageBatch x0;
};

/// All that one sampler left behind, from pure noise to the result. Copies share their frames. When the
/// frames pass the limit of memory, every second one is let go, then every fourth ...; the first and the
/// newest stay.
class Trajectory {
  public:
    static constexpr std::size_t default_byte_limit = std::size_t{768} << 20;

    Trajectory() = default;
    explicit Trajectory(SampleStarted start, std::size_t byte_limit = default_byte_limit);

    void add(const SampleFrame& frame);
    /// Adds the result as the last frame, unless the sampler was cancelled.
    void finish(const SampleEnded& end);
    /// Lets every second frame go. False when there is nothing left to let go.
    bool thin();

    const SampleStarted& start() const { return start_; }
    const SampleRequest& request() const { return start_.request; }
    int id() const { return start_.id; }
    int steps() const { return static_cast<int>(start_.timesteps.size()); }
    bool ended() const { return ended_; }
    bool finished() const { return !frames_.empty() && frames_.back()->timestep < 0; }

    /// Frames that are held, in order.
    int size() const { return static_cast<int>(frames_.size()); }
    bool empty() const { return frames_.empty(); }
    const TrajectoryFrame& frame(int index) const { return *frames_[static_cast<std::size_t>(index)]; }
    /// The frame that is held nearest to a step of the sampler.
    int nearest(int step) const;
    /// 1: every step is held; n: every n-th.
    int stride() const { return stride_; }
    std::size_t bytes() const { return bytes_; }
    int image_count() const { return empty() ? 0 : static_cast<int>(frames_.front()->x_t.count); }

  private:
    void append(TrajectoryFrame frame);
    void drop(std::size_t index);

    SampleStarted start_;
    std::size_t byte_limit_ = default_byte_limit;
    std::vector<std::shared_ptr<const TrajectoryFrame>> frames_;
    std::size_t bytes_ = 0;
    int stride_ = 1;
    bool ended_ = false;
};

}  // namespace denoise::ui
