#include "ui/link/run_watch.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/base/host_name.h"

namespace denoise::ui {
namespace {

constexpr int look_ms = 200;
/// A drive that takes longer for one look is said not to answer.
constexpr double patience_with_drive = 10;
/// How long a step proves that a process on this machine trains, whose lock cannot be seen (as over sshfs).
constexpr double proof_seconds = 15;
/// Steps that take longer than a minute or so are waited for longer.
constexpr double usual_steps_without_news = 5;

double seconds_of(const QElapsedTimer& timer) {
    return timer.isValid() ? static_cast<double>(timer.elapsed()) / 1000 : 0;
}

double long_silence_seconds() {
    return std::chrono::duration<double>(long_silence).count();
}

}  // namespace

bool has_stalled(const WatchReport& report) {
    return report.seconds_since_step >=
           std::max(long_silence_seconds(), usual_steps_without_news * report.seconds_per_step);
}

RunWatch::RunWatch(EngineLink& link, QObject* parent) : QObject(parent), link_(link) {
    timer_.setInterval(look_ms);
    connect(&timer_, &QTimer::timeout, this, &RunWatch::look);
    connect(&link, &EngineLink::run_opened, this, &RunWatch::take_up);
    connect(&link, &EngineLink::model_refreshed, this, &RunWatch::publish);
    connect(&link, &EngineLink::model_renamed, this, [this] {
        if (polling_ && link_.run() && link_.run()->folder != next_.folder) begin(!tentative_);
    });
}

RunWatch::~RunWatch() = default;

void RunWatch::watch(const std::filesystem::path& folder) {
    wanted_ = folder;
    const auto& run = link_.run();
    if (run && run->folder == folder && !run->trainable)
        take_up(*run);
    else
        Q_EMIT open_wanted(folder);
}

void RunWatch::stop() {
    // What another program trains cannot be continued here, also if it is no longer watched.
    const bool trained = next_.phase == WatchPhase::watching && !next_.is_uncertain;
    end();
    link_.set_trained_elsewhere(trained);
}

void RunWatch::take_up(const RunOpened& run) {
    const bool wanted = std::exchange(wanted_, std::nullopt) == run.folder;
    if (run.trainable || run.folder.empty()) return end();
    begin(wanted);
}

void RunWatch::begin(bool wanted) {
    const RunOpened& run = *link_.run();
    polling_ = std::make_unique<RunPolling>(run.folder, interval_);
    tentative_ = !wanted;
    was_alive_ = arrived_ = lock_seen_ = false;
    unread_.reset();
    checkpoint_step_ = -1;
    since_step_.invalidate();
    since_reachable_.invalidate();
    age_at_start_ = -1;
    next_ = {};
    next_.folder = run.folder;
    next_.step = run.history.empty() ? run.step : run.history.back().step;
    timer_.start();
    if (wanted) next_.phase = WatchPhase::waiting;
    publish();
}

void RunWatch::end() {
    timer_.stop();
    polling_.reset();
    next_ = {};
    publish();
}

void RunWatch::look() {
    for (const RunNews& news : polling_->take()) {
        take(news);
        if (!polling_) return;
    }
    const double waiting = std::chrono::duration<double>(polling_->waiting()).count();
    next_.seconds_without_answer = waiting >= patience_with_drive ? std::floor(waiting) : 0;
    if (unread_ && link_.refresh_model(unread_->path)) unread_.reset();
    publish();
}

void RunWatch::take(const RunNews& news) {
    next_.problem = news.problem;
    if (!news.reachable) {
        if (!since_reachable_.isValid()) since_reachable_.start();
        return;
    }
    since_reachable_.invalidate();
    if (tentative_) {
        if (life_of(news.sign, host_name()) != RunLife::training) return end();
        tentative_ = false;
    }
    take_settings(news);
    take_steps(news);
    take_checkpoint(news);
    if (news.previews) Q_EMIT previews_changed(*news.previews);
    if (!news.more) judge(news.sign);
}

void RunWatch::take_steps(const RunNews& news) {
    const bool first = !since_step_.isValid();
    if (first) {
        since_step_.start();
        if (news.sign.quiet) age_at_start_ = std::chrono::duration<double>(*news.sign.quiet).count();
    }
    if (news.steps.empty()) return;
    const StepMetrics& last = news.steps.back();
    if (!first && last.step != next_.step) {
        arrived_ = true;
        age_at_start_ = 0;
        since_step_.start();
    }
    next_.step = last.step;
    if (news.steps.size() > 1) {
        const StepMetrics& before = news.steps[news.steps.size() - 2];
        next_.seconds_per_step = std::max(0.0, last.seconds - before.seconds) /
                                 static_cast<double>(std::max<std::int64_t>(1, last.step - before.step));
    }
    link_.take(MetricsBatch{0, news.steps});
}

void RunWatch::take_settings(const RunNews& news) {
    const RunOpened& run = *link_.run();
    std::vector<SettingChange> added;
    if (news.changes && news.changes->size() > run.changes.size())
        added.assign(news.changes->begin() + std::ssize(run.changes), news.changes->end());
    const RunConfig config = news.config.value_or(run.config);
    if (added.empty() && config == run.config) return;
    link_.take(RunChanged{0, config, added});
}

void RunWatch::take_checkpoint(const RunNews& news) {
    if (!news.checkpoint) return;
    checkpoint_step_ = news.checkpoint->step;
    if (news.checkpoint->step == link_.run()->step) return;
    unread_ = news.checkpoint;
    Q_EMIT checkpoint_found();
}

bool RunWatch::is_alive(const TrainerSign& sign) const {
    if (life_of(sign, host_name()) == RunLife::training) return true;
    if (sign.status != RunStatus::running) return false;
    if (lock_seen_) return false;  // it would still have the lock
    const double proof = next_.is_here || sign.host.empty() ? proof_seconds : long_silence_seconds();
    return arrived_ && seconds_of(since_step_) < proof;
}

void RunWatch::judge(const TrainerSign& sign) {
    next_.sign = sign;
    next_.sign.quiet.reset();  // seconds_since_step has it
    next_.is_here = sign.host == host_name();
    lock_seen_ = lock_seen_ || sign.locked;
    const bool alive = is_alive(sign);
    next_.is_uncertain = !alive && life_of(sign, host_name()) == RunLife::unknown;
    const bool watching = alive || (next_.is_uncertain && was_alive_);
    was_alive_ = was_alive_ || alive;
    if (watching) {
        next_.phase = WatchPhase::watching;
        link_.set_trained_elsewhere(true);
    } else if (next_.phase == WatchPhase::watching) {
        finish(sign);
    }
}

void RunWatch::finish(const TrainerSign& sign) {
    next_.phase = WatchPhase::ended;
    was_alive_ = arrived_ = false;
    link_.set_trained_elsewhere(false);
    const std::int64_t step = checkpoint_step_ >= 0 ? checkpoint_step_ : next_.step;
    link_.take(TrainingEnded{0, next_.folder, step, sign.status == RunStatus::finished});
}

void RunWatch::publish() {
    if (next_.phase != WatchPhase::off) {
        next_.seconds_since_step =
            age_at_start_ < 0 ? -1 : std::floor(age_at_start_ + seconds_of(since_step_));
        next_.seconds_unreachable =
            since_reachable_.isValid() ? std::max(1.0, std::floor(seconds_of(since_reachable_))) : 0;
        const auto& run = link_.run();
        next_.total_steps = run ? run->config.training.steps : 0;
        next_.model_step = run ? run->step : 0;
    }
    if (report_ == next_) return;
    report_ = next_;
    Q_EMIT changed();
}

}  // namespace denoise::ui
