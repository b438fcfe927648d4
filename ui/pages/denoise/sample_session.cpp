#include "ui/pages/denoise/sample_session.h"

#include <algorithm>

#include "ui/link/engine_link.h"
#include "ui/paths/dropped_path.h"

namespace denoise::ui {

SampleSession::SampleSession(EngineLink& link, QObject* parent) : QObject(parent), link_(link) {
    connect(&link_, &EngineLink::sample_started, this, &SampleSession::begin);
    connect(&link_, &EngineLink::sample_frame, this, &SampleSession::add<SampleFrame>);
    connect(&link_, &EngineLink::sample_result, this, &SampleSession::add<SampleResult>);
    connect(&link_, &EngineLink::job_ended, this, [this](const JobEnded& ended) { end(ended.job); });
}

void SampleSession::start(const SampleRequest& request, const std::filesystem::path& model) {
    if (is_running()) return;
    job_model_ = model;
    set_job(link_.post(Sample{request, model}));
}

void SampleSession::redraw(const SampleRequest& request, const std::filesystem::path& model) {
    if (is_running()) return;
    redraw_of_ = entry()->trajectory.job();
    start(request, model);
    redraw_ = job_;
}

bool SampleSession::shows(const std::filesystem::path& model) const {
    if (!entry() || entry()->trajectory.start().model != model) return false;
    return !model.empty() || entry()->run == open_model();
}

QString SampleSession::open_model() const {
    return link_.run() ? model_name(link_.model_path()) : QString();
}

void SampleSession::stop() {
    if (is_running()) link_.post(Cancel{job_});
}

void SampleSession::remove(const std::filesystem::path& model) {
    if (is_running() && job_model_ == model) {
        link_.post(Cancel{job_});
        removed_ = job_;
        set_job(0);
    }
    const int before = history_.size();
    for (int i = before - 1; i >= 0; --i) {
        if (history_.at(i).trajectory.start().model != model) continue;
        history_.remove(i);
        if (shown_ >= i) --shown_;  // the one before it
    }
    if (history_.size() == before) return;
    if (shown_ < 0) shown_ = history_.size() - 1;
    Q_EMIT history_changed();
    Q_EMIT entry_changed();
}

void SampleSession::set_job(JobId job) {
    job_ = job;
    Q_EMIT running_changed();
}

QString SampleSession::obstacle_to_branch() const {
    if (is_running()) return tr("Wait until sampling has finished.");
    if (frame() == nullptr || frame()->timestep < 0)
        return tr(
            "Step back to a timestep before the result: a branch starts at the timestep that is shown.");
    if (entry()->image < 0 && entry()->trajectory.image_count() > 1)
        return tr("Click an image first: a branch starts from a single image.");
    return {};
}

void SampleSession::branch(int count) {
    if (!obstacle_to_branch().isEmpty()) return;
    SampleRequest request;
    request.count = count;
    // The number of samples so far is a seed that no earlier branch had.
    request.branch =
        Branch{entry()->trajectory.job(), std::max(entry()->image, 0), frame()->step, history_.total()};
    start(request, entry()->trajectory.start().model);
}

void SampleSession::begin(const SampleStarted& start) {
    if (removed_ != 0 && start.job == removed_) return;
    if (!start.keep_states) return;  // of the page Compare
    const int added = history_.add(start, start.model.empty() ? open_model() : QString());
    const bool shows_it = start.job != redraw_;
    if (shows_it) shown_ = added;
    keep_to_limit();
    Q_EMIT history_changed();
    if (shows_it) Q_EMIT entry_changed();
}

template <class Part>
void SampleSession::add(const Part& part) {
    const int index = history_.find(part.job);
    if (index < 0) return;
    SampleEntry& target = history_.at(index);
    const std::size_t bytes_shown = entry()->trajectory.bytes();
    const int step = target.frame() ? target.frame()->step : 0;
    target.trajectory.add(part);
    if constexpr (std::is_same_v<Part, SampleResult>) target.seconds = part.seconds;
    target.restore_position(step);
    const bool is_shown = index == shown_;
    if (keep_to_limit()) Q_EMIT history_changed();
    // To make room, frames of the sample that is shown may have been dropped although another one got new
    // ones.
    if (is_shown || entry()->trajectory.bytes() != bytes_shown) Q_EMIT frames_changed();
}

void SampleSession::end(JobId job) {
    if (job == job_) set_job(0);
    const int index = history_.find(job);
    if (index < 0) return;
    SampleEntry& target = history_.at(index);
    target.trajectory.end();
    target.follow = false;
    if (job == redraw_) return end_redraw(index);
    if (index == shown_) Q_EMIT frames_changed();
    Q_EMIT entry_ended(index);
}

void SampleSession::end_redraw(int index) {
    SampleEntry& redrawn = history_.at(index);
    if (redrawn.seconds == 0) {
        history_.remove(index);
        if (shown_ > index) --shown_;
        Q_EMIT history_changed();
        return;
    }
    redrawn.redrawn = true;
    const SampleEntry& shown = *entry();
    if (shown.trajectory.job() == redraw_of_) {  // else the person looks at another one now
        if (shown.frame()) redrawn.show_timestep(shown.frame()->timestep);
        if (shown.image < redrawn.trajectory.image_count()) redrawn.image = shown.image;
        if (shown.redrawn)
            history_.replace(shown_);
        else
            shown_ = index;
    }
    Q_EMIT history_changed();
    Q_EMIT entry_changed();
    Q_EMIT entry_ended(shown_);
}

bool SampleSession::keep_to_limit() {
    const int removed = history_.make_room(shown_);
    shown_ -= removed;
    return removed > 0;
}

void SampleSession::show(int index) {
    if (index == shown_) return;
    shown_ = index;
    Q_EMIT entry_changed();
}

void SampleSession::go_to(int frame_index) {
    if (frame() == nullptr) return;
    SampleEntry& target = history_.at(shown_);
    const int last = target.trajectory.size() - 1;
    target.position = std::clamp(frame_index, 0, last);
    // At the newest frame, the next one is shown as it arrives.
    target.follow = !target.trajectory.ended() && target.position == last;
    Q_EMIT position_changed();
}

void SampleSession::hold() {
    if (entry()) history_.at(shown_).follow = false;
}

void SampleSession::show_only(int image) {
    if (shown_ < 0) return;
    SampleEntry& target = history_.at(shown_);
    target.image = target.trajectory.image_count() > 1 ? image : -1;
    Q_EMIT image_changed();
}

}  // namespace denoise::ui
