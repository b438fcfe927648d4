#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "engine/session/events.h"

namespace denoise::ui {

/// StepNorms of one image, with the digits that are shown.
struct FrameNorms {
    float x_t = 0, x0 = 0, eps = 0, change = 0;
    bool operator==(const FrameNorms&) const = default;
};

/// One step of sampling: what the network was given, and the x_0 and the noise that were predicted from it.
struct TrajectoryFrame {
    int step = 0;          ///< 0 is the first; Trajectory::steps() is the result
    int timestep = 0;      ///< -1 is the result
    double alpha_bar = 1;  ///< 1 for the result
    ImageBatch x_t;
    ImageBatch x0;
    ImageBatch eps = {};                 ///< empty for the result, and where it was dropped to save memory
    std::vector<FrameNorms> norms = {};  ///< of each image; empty for the result
};

/// The frames of one sampling job, from pure noise to the result. Copies share their frames, and copies of a
/// frame or of its pictures share the pixels, so that a view needs none of its own. Above a third of the
/// memory limit, the pictures of the noise are dropped. Above the limit every second frame is dropped, then
/// every fourth, and so on; the first and the newest are always kept.
class Trajectory {
  public:
    static constexpr std::size_t default_byte_limit = std::size_t{768} << 20;

    Trajectory() = default;
    explicit Trajectory(SampleStarted start, std::size_t byte_limit = default_byte_limit);

    /// For a branch: copies the frames of `origin`, the job that it branches from, up to where the branch
    /// starts. Each shows the one image that was branched from, as many times as the branch has images.
    void begin_as_branch_of(const Trajectory& origin);
    void add(const SampleFrame& frame);
    void add(const SampleResult& result);  ///< as the last frame
    /// The job has ended: no more frames are taken.
    void end() { ended_ = true; }
    /// Drops every second frame. False if there is nothing left to drop.
    bool thin();

    const SampleStarted& start() const { return start_; }
    JobId job() const { return start_.job; }
    int steps() const { return static_cast<int>(start_.timesteps.size()); }
    /// The first step that has a frame, or will have one.
    int first_step() const { return empty() ? start_.first_step : frames_.front()->step; }
    bool ended() const { return ended_; }

    /// The frames that are held, in order.
    int size() const { return static_cast<int>(frames_.size()); }
    bool empty() const { return frames_.empty(); }
    const TrajectoryFrame& frame(int index) const { return *frames_[static_cast<std::size_t>(index)]; }
    /// The index of the frame nearest to a step; -1 if there are no frames.
    int nearest(int step) const;
    /// 1: every step is held; n: every n-th.
    int stride() const { return stride_; }
    std::size_t bytes() const { return bytes_; }
    /// Whether the frames have the pictures of the predicted noise, as far as there are any.
    bool keeps_eps() const { return keeps_eps_; }
    int image_count() const { return empty() ? 0 : static_cast<int>(frames_.front()->x_t.count); }

  private:
    void append(TrajectoryFrame frame);
    void drop(std::size_t index);
    void drop_eps();

    SampleStarted start_;
    std::size_t byte_limit_ = default_byte_limit;
    std::vector<std::shared_ptr<const TrajectoryFrame>> frames_;
    std::size_t bytes_ = 0;
    int stride_ = 1;
    bool keeps_eps_ = true;
    bool ended_ = false;
};

}  // namespace denoise::ui
