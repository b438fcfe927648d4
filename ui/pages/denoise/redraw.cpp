#include "ui/pages/denoise/redraw.h"

#include <utility>

#include "ui/pages/denoise/sample_session.h"

namespace denoise::ui {
namespace {

constexpr int pause_ms = 300;

/// In calls of the network with one image; a second network call of a step does not matter here.
double work_of(const SampleRequest& request, std::size_t timesteps) {
    const double steps = request.steps == 0 ? static_cast<double>(timesteps) : request.steps;
    return request.count * steps * (request.guidance_scale == 1 ? 1 : 2);
}

}  // namespace

Redraw::Redraw(SampleSession& session, std::function<Sample()> settings, QObject* parent)
    : QObject(parent), session_(session), settings_(std::move(settings)) {
    pause_.setSingleShot(true);
    pause_.setInterval(pause_ms);
    connect(&pause_, &QTimer::timeout, this, &Redraw::redraw);
    connect(&session_, &SampleSession::running_changed, this, [this] {
        if (!session_.is_running() && std::exchange(again_, false)) pause_.start();
    });
}

void Redraw::setting_changed() {
    pause_.start();
}

void Redraw::forget() {
    pause_.stop();
    again_ = false;
}

void Redraw::redraw() {
    if (session_.is_redrawing()) {
        again_ = true;
        return session_.stop();
    }
    if (session_.is_running()) return;
    const Sample wanted = settings_();
    if (!is_quick(wanted)) return;
    Q_EMIT begins();
    session_.redraw(wanted.request, wanted.model);
}

bool Redraw::is_quick(const Sample& wanted) const {
    if (!session_.shows(wanted.model)) return false;
    const SampleEntry& shown = *session_.entry();
    const SampleStarted& start = shown.trajectory.start();
    if (shown.seconds == 0 || !start.branches.empty()) return false;
    const std::size_t timesteps = start.alpha_bar.size();
    const double factor = work_of(wanted.request, timesteps) / work_of(start.request, timesteps);
    return shown.seconds * factor <= most_seconds;
}

}  // namespace denoise::ui
