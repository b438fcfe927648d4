#include "ui/panels/setup/run_settings.h"

#include <QLocale>

#include "ui/link/engine_link.h"
#include "ui/panels/setup/config_editor.h"

namespace denoise::ui {
namespace {

constexpr int apply_delay_ms = 800;

}  // namespace

RunSettings::RunSettings(EngineLink& link, ConfigEditor& editor, QObject* parent)
    : QObject(parent), link_(link), editor_(editor) {
    apply_timer_.setSingleShot(true);
    apply_timer_.setInterval(apply_delay_ms);
    connect(&apply_timer_, &QTimer::timeout, this, &RunSettings::apply);
    connect(&editor_, &ConfigEditor::changed, this, [this] {
        if (locked_) apply_timer_.start();
        if (!locked_) follows_ = false;
        Q_EMIT changed();
    });
    connect(&link_, &EngineLink::run_opened, this, &RunSettings::adopt);
    connect(&link_, &EngineLink::training_ended, this, [this] { set_locked(false); });
}

bool RunSettings::are_of_run() const {
    return !detached_ && link_.run() && same_fixed_settings(editor_.config(), link_.run()->config);
}

bool RunSettings::is_run_finished() const {
    return link_.run() && !link_.run()->folder.empty() && !link_.run()->trainable && link_.run()->completed;
}

bool RunSettings::can_resume() const {
    if (!are_of_run()) return false;
    if (link_.can_resume()) return true;
    if (!is_run_finished()) return false;
    const TrainingConfig& before = link_.run()->config.training;
    const TrainingConfig& now = editor_.config().training;
    // Of a budget in minutes, Setup does not know how long the steps took. The engine refuses if it is too
    // small.
    return now.steps > 0 ? now.steps > link_.run()->step : before.steps > 0 || now.minutes > before.minutes;
}

QString RunSettings::run_budget() const {
    if (!link_.run()) return {};
    const TrainingConfig& training = link_.run()->config.training;
    return training.steps > 0 ? tr("%n step(s)", nullptr, static_cast<int>(training.steps))
                              : tr("%1 min").arg(QLocale().toString(training.minutes));
}

void RunSettings::extend() {
    if (!is_run_finished() || !are_of_run()) return;
    const TrainingConfig& training = link_.run()->config.training;
    if (training.steps > 0) {
        editor_.set_value("steps", 2 * training.steps);
    } else {
        editor_.set_value("steps", std::int64_t{0});
        editor_.set_value("minutes", 2 * training.minutes);
    }
    Q_EMIT continue_wanted();
}

void RunSettings::use_run() {
    detached_ = false;
    if (link_.run()) editor_.use_run(link_.run()->config);
    Q_EMIT changed();
}

void RunSettings::detach() {
    detached_ = true;
    follows_ = false;
    Q_EMIT changed();
}

void RunSettings::set_up_next() {
    if (!locked_) return;
    apply();
    detached_ = true;
    follows_ = false;
    set_locked(false);
}

void RunSettings::return_to_run() {
    if (!are_for_next_run()) return;
    use_run();
    set_locked(true);
}

bool RunSettings::are_for_next_run() const {
    return !locked_ && link_.run() && link_.run()->trainable;
}

void RunSettings::apply() {
    apply_timer_.stop();
    if (!locked_ || !link_.run()) return;
    const RunConfig& run = link_.run()->config;
    if (with_live_settings(run, editor_.config()) != run) link_.post(ChangeTraining{editor_.config()});
}

void RunSettings::adopt(const RunOpened& run) {
    if (run.trainable && keeps_ && !follows_ && !same_fixed_settings(editor_.config(), run.config)) {
        detached_ = true;
        return set_locked(false);
    }
    detached_ = false;
    if (run.trainable) use_run();
    set_locked(run.trainable);
}

void RunSettings::set_locked(bool locked) {
    locked_ = locked;
    if (locked) follows_ = true;
    apply_timer_.stop();
    editor_.set_locked(locked);
    Q_EMIT changed();
}

}  // namespace denoise::ui
