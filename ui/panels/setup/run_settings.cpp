#include "ui/panels/setup/run_settings.h"

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
        Q_EMIT changed();
    });
    connect(&link_, &EngineLink::run_opened, this, &RunSettings::adopt);
    connect(&link_, &EngineLink::training_ended, this, [this] { set_locked(false); });
}

bool RunSettings::are_of_run() const {
    return !detached_ && link_.run() && same_fixed_settings(editor_.config(), link_.run()->config);
}

void RunSettings::use_run() {
    detached_ = false;
    if (link_.run()) editor_.use_run(link_.run()->config);
    Q_EMIT changed();
}

void RunSettings::detach() {
    detached_ = true;
    Q_EMIT changed();
}

void RunSettings::apply() {
    apply_timer_.stop();
    if (!locked_ || !link_.run()) return;
    const RunConfig& run = link_.run()->config;
    if (with_live_settings(run, editor_.config()) != run) link_.post(ChangeTraining{editor_.config()});
}

void RunSettings::adopt(const RunOpened& run) {
    detached_ = false;
    if (run.trainable) use_run();
    set_locked(run.trainable);
}

void RunSettings::set_locked(bool locked) {
    locked_ = locked;
    apply_timer_.stop();
    editor_.set_locked(locked);
    Q_EMIT changed();
}

}  // namespace denoise::ui
