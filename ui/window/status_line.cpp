#include "ui/window/status_line.h"

#include <QHBoxLayout>

#include "ui/link/engine_link.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"
#include "ui/widgets/steady_label.h"

namespace denoise::ui {
namespace {

struct Look {
    QString icon;
    Colour colour;
};

Look look_of(EngineState state) {
    switch (state) {
        case EngineState::empty:
        case EngineState::idle:
            return {"emblem-ok-symbolic", Colour::muted};
        case EngineState::preparing:
            return {"chronometer", Colour::muted};
        case EngineState::training:
            return {"media-playback-start", Colour::accent};
        case EngineState::sampling:
            return {"denoise-noise", Colour::accent};
        case EngineState::paused:
            return {"media-playback-pause", Colour::warn};
        case EngineState::error:
        case EngineState::diverged:
            return {"denoise-error", Colour::bad};
    }
    return {};
}

QString text_of_state(EngineState state) {
    switch (state) {
        case EngineState::empty:
            return StatusLine::tr("No dataset");
        case EngineState::idle:
            return StatusLine::tr("Ready");
        case EngineState::preparing:
            return StatusLine::tr("Preparing");
        case EngineState::training:
            return StatusLine::tr("Training");
        case EngineState::paused:
            return StatusLine::tr("Paused");
        case EngineState::sampling:
            return StatusLine::tr("Sampling");
        case EngineState::error:
            return StatusLine::tr("Error");
        case EngineState::diverged:
            return StatusLine::tr("Diverged");
    }
    return {};
}

/// The state of the engine; an error that has been dismissed is over.
EngineState shown_state(const Situation& now, bool has_dataset) {
    if (now.state != EngineState::error || now.error_is_shown) return now.state;
    return has_dataset ? EngineState::idle : EngineState::empty;
}

QString text_of_situation(const Situation& now, EngineState state) {
    if (now.is_closing) return StatusLine::tr("Saving before closing");
    if (now.is_evaluating && now.state == EngineState::sampling) return StatusLine::tr("Evaluating");
    if (now.is_watching && state == EngineState::idle) return StatusLine::tr("Watching");
    return text_of_state(state);
}

}  // namespace

StatusLine::StatusLine(EngineLink& link, const Theme& theme, QWidget* parent)
    : QWidget(parent), link_(link), theme_(theme) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::group, 2, space::group, 2);
    layout->setSpacing(space::group);
    icon_ = new QLabel(this);
    icon_->setFixedSize(16, 16);
    layout->addWidget(icon_);
    state_ = add_field(tr("Saving before closing"), tr("State"));
    bar_ = new QProgressBar(this);
    bar_->setTextVisible(false);
    bar_->setRange(0, 1000);
    bar_->setFixedWidth(120);
    bar_->setAccessibleName(tr("Progress of the training"));
    layout->addWidget(bar_);
    step_ = add_field(tr("Step %1 of %2").arg("8,888,888", "8,888,888"), tr("Step"));
    left_ = add_field(tr("%1 left").arg(duration_text(59 * 60 + 59)), tr("Time left"));
    speed_ = add_field(tr("%1 images/s").arg("88,888"), tr("Speed"));
    layout->addStretch();
    memory_ = add_field(tr("%1 in memory").arg(bytes_text(888'000'000)), tr("Memory"));
    memory_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    connect(&link, &EngineLink::training_progress, this, &StatusLine::show_progress);
    connect(&link, &EngineLink::run_opened, this, &StatusLine::reset);
    connect(&link, &EngineLink::training_ended, this, &StatusLine::reset);
    connect(&link, &EngineLink::job_progress, this, &StatusLine::show_preparation);
    connect(&theme, &Theme::changed, this, &StatusLine::show_state);
    reset();
    show_state();
}

QLabel* StatusLine::add_field(const QString& widest, const QString& name) {
    auto* label = new SteadyLabel(widest, this);
    label->setFont(theme_.tabular());
    label->setAccessibleName(name);
    layout()->addWidget(label);
    return label;
}

void StatusLine::show_situation(const Situation& now) {
    situation_ = now;
    show_state();
}

void StatusLine::show_state() {
    const EngineState state = shown_state(situation_, link_.dataset().has_value());
    const bool watches = situation_.is_watching && state == EngineState::idle;
    const Look look = watches ? Look{"view-visible", Colour::accent} : look_of(state);
    icon_->setPixmap(theme_.icon(look.icon, look.colour).pixmap(16, 16));
    state_->setText(text_of_situation(situation_, state));
}

void StatusLine::show_preparation(const JobProgress& progress) {
    if (situation_.state != EngineState::preparing || progress.doing.empty()) return;
    QString doing = text_of(progress.doing);
    doing[0] = doing[0].toUpper();
    state_->setText(doing);
}

void StatusLine::show_progress(const TrainingProgress& progress) {
    bar_->show();
    bar_->setValue(static_cast<int>(1000 * progress.fraction));
    step_->setText(progress.total_steps > 0
                       ? tr("Step %1 of %2").arg(count_text(progress.step), count_text(progress.total_steps))
                       : tr("Step %1").arg(count_text(progress.step)));
    left_->setText(progress.remaining_seconds >= 0
                       ? tr("%1 left").arg(duration_text(progress.remaining_seconds))
                       : QString());
    speed_->setText(tr("%1 images/s").arg(count_text(static_cast<std::int64_t>(progress.images_per_second))));
    memory_->setText(progress.memory_bytes > 0 ? tr("%1 in memory").arg(bytes_text(progress.memory_bytes))
                                               : QString());
}

void StatusLine::reset() {
    bar_->setValue(0);
    bar_->hide();
    const auto& run = link_.run();
    step_->setText(run && run->step > 0 ? tr("Step %1").arg(count_text(run->step)) : QString());
    for (QLabel* label : {left_, speed_, memory_}) label->clear();
}

}  // namespace denoise::ui
