#include "ui/panels/runs/training_follower.h"

#include "ui/link/engine_link.h"

namespace denoise::ui {
namespace {

constexpr int update_ms = 500;

}  // namespace

TrainingFollower::TrainingFollower(EngineLink& link, QObject* parent) : QObject(parent), link_(link) {
    timer_.setSingleShot(true);
    timer_.setInterval(update_ms);
    connect(&timer_, &QTimer::timeout, this, &TrainingFollower::update);
    connect(&link, &EngineLink::run_opened, this, &TrainingFollower::take_up);
    connect(&link, &EngineLink::metrics, this, &TrainingFollower::add);
    connect(&link, &EngineLink::state_changed, this, [this] {
        if (live_) update();
    });
    connect(&link, &EngineLink::training_ended, this, [this](const TrainingEnded& end) {
        update();  // so that the last steps are shown until the files have been read
        timer_.stop();
        live_.reset();
        steps_.clear();
        Q_EMIT ended(end.completed);
    });
}

void TrainingFollower::take_up(const RunOpened& run) {
    if (!run.trainable || run.folder.empty()) return;
    live_ = LiveRun{.folder = run.folder, .step = run.step};
    steps_ = run.history;
    update();
}

void TrainingFollower::add(const std::vector<StepMetrics>& steps) {
    if (!live_ || steps.empty()) return;
    while (!steps_.empty() && steps_.back().step >= steps.front().step) steps_.pop_back();
    steps_.insert(steps_.end(), steps.begin(), steps.end());
    live_->step = steps.back().step;
    if (!timer_.isActive()) timer_.start();
}

void TrainingFollower::update() {
    if (!live_) return;
    if (!steps_.empty()) live_->seconds = steps_.back().seconds;
    live_->loss = current_loss(steps_);
    live_->paused = link_.state() == EngineState::paused;
    Q_EMIT advanced();
}

}  // namespace denoise::ui
