#include "ui/picture/trajectory.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace denoise::ui {
namespace {

/// Pixels that the frames and the views that show them share.
class FramePixels : public SharedBytes {
  public:
    explicit FramePixels(std::vector<std::uint8_t> bytes) : bytes_(std::move(bytes)) {
        data_ = bytes_.data();
        size_ = bytes_.size();
    }
    bool intact() const override { return true; }

  private:
    std::vector<std::uint8_t> bytes_;
};

ImageBatch shared(const ImageBatch& images) {
    if (images.empty() || images.pixels.is_shared()) return images;
    std::vector<std::uint8_t> bytes(images.pixels.begin(), images.pixels.end());
    return {images.count, images.channels, images.height, images.width,
            PixelBuffer(std::make_shared<const FramePixels>(std::move(bytes)))};
}

std::size_t bytes_of(const TrajectoryFrame& frame) {
    const bool is_same = std::as_const(frame.x_t.pixels).data() == std::as_const(frame.x0.pixels).data();
    return frame.x_t.pixels.size() + (is_same ? 0 : frame.x0.pixels.size()) + frame.eps.pixels.size() +
           frame.norms.size() * sizeof(FrameNorms);
}

std::vector<FrameNorms> frame_norms(const std::vector<StepNorms>& norms) {
    const auto rounded = [](double value) { return static_cast<float>(value); };
    std::vector<FrameNorms> out;
    out.reserve(norms.size());
    for (const StepNorms& each : norms)
        out.push_back({rounded(each.x_t), rounded(each.x0), rounded(each.eps), rounded(each.change)});
    return out;
}

/// Both pictures of a frame are shown by the same index; a frame whose shapes differ is damaged.
bool same_shape(const ImageBatch& a, const ImageBatch& b) {
    return a.count == b.count && a.channels == b.channels && a.height == b.height && a.width == b.width;
}

/// Image `index` of `images`, `count` times.
ImageBatch repeated(const ImageBatch& images, int index, int count) {
    if (images.empty() || (images.count == 1 && count == 1)) return images;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(images.image_size() * static_cast<std::size_t>(count));
    const std::uint8_t* first = images.image(index);
    for (int i = 0; i < count; ++i) bytes.insert(bytes.end(), first, first + images.image_size());
    return {count, images.channels, images.height, images.width,
            PixelBuffer(std::make_shared<const FramePixels>(std::move(bytes)))};
}

}  // namespace

Trajectory::Trajectory(SampleStarted start, std::size_t byte_limit)
    : start_(std::move(start)), byte_limit_(byte_limit) {}

void Trajectory::begin_as_branch_of(const Trajectory& origin) {
    const int image = start_.branches.empty() ? 0 : start_.branches.back().image;
    if (image >= origin.image_count()) return;
    const int count = start_.request.count;
    stride_ = origin.stride_;
    for (const auto& frame : origin.frames_) {
        if (frame->step >= start_.first_step) break;
        TrajectoryFrame copy{frame->step,
                             frame->timestep,
                             frame->alpha_bar,
                             repeated(frame->x_t, image, count),
                             repeated(frame->x0, image, count),
                             repeated(frame->eps, image, count)};
        if (!frame->norms.empty())
            copy.norms.assign(static_cast<std::size_t>(count),
                              frame->norms.at(static_cast<std::size_t>(image)));
        append(std::move(copy));
    }
}

void Trajectory::add(const SampleFrame& frame) {
    if (ended_ || !same_shape(frame.x_t, frame.x0)) return;
    const auto t = static_cast<std::size_t>(frame.timestep);
    const double alpha_bar = frame.timestep >= 0 && t < start_.alpha_bar.size() ? start_.alpha_bar[t] : 1.0;
    append({frame.index, frame.timestep, alpha_bar, shared(frame.x_t), shared(frame.x0),
            keeps_eps_ ? shared(frame.eps) : ImageBatch(), frame_norms(frame.norms)});
}

void Trajectory::add(const SampleResult& result) {
    if (ended_ || result.images.empty()) return;
    const ImageBatch images = shared(result.images);
    append({steps(), -1, 1.0, images, images});
}

void Trajectory::append(TrajectoryFrame frame) {
    if (!keeps_eps_ || !same_shape(frame.eps, frame.x_t)) frame.eps = {};
    if (frame.norms.size() != static_cast<std::size_t>(frame.x_t.count)) frame.norms.clear();
    // The newest frame is always held; if it falls between the strides, the next one replaces it.
    if (frames_.size() > 1 && frames_.back()->step % stride_ != 0) drop(frames_.size() - 1);
    bytes_ += bytes_of(frame);
    frames_.push_back(std::make_shared<const TrajectoryFrame>(std::move(frame)));
    if (bytes_ > byte_limit_ / 3) drop_eps();
    while (bytes_ > byte_limit_ && thin()) {
    }
}

bool Trajectory::thin() {
    if (frames_.size() <= 2) return false;
    stride_ *= 2;
    std::vector<std::shared_ptr<const TrajectoryFrame>> kept;
    for (const auto& frame : frames_)
        if (frame == frames_.front() || frame == frames_.back() || frame->step % stride_ == 0)
            kept.push_back(frame);
    frames_ = std::move(kept);
    bytes_ = 0;
    for (const auto& frame : frames_) bytes_ += bytes_of(*frame);
    return true;
}

void Trajectory::drop_eps() {
    if (!keeps_eps_) return;
    keeps_eps_ = false;
    for (auto& frame : frames_) {
        if (frame->eps.empty()) continue;
        bytes_ -= frame->eps.pixels.size();
        TrajectoryFrame without = *frame;
        without.eps = {};
        frame = std::make_shared<const TrajectoryFrame>(std::move(without));
    }
}

void Trajectory::drop(std::size_t index) {
    bytes_ -= bytes_of(*frames_[index]);
    frames_.erase(frames_.begin() + static_cast<std::ptrdiff_t>(index));
}

int Trajectory::nearest(int step) const {
    const auto distance = [step](const auto& frame) { return std::abs(frame->step - step); };
    const auto found = std::ranges::min_element(frames_, {}, distance);
    return found == frames_.end() ? -1 : static_cast<int>(found - frames_.begin());
}

}  // namespace denoise::ui
