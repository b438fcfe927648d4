#include "ui/pages/train/health_label.h"

#include <cmath>

#include "engine/runs/expectation.h"
#include "ui/link/engine_link.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

/// Rounded as far as an estimate deserves, so that the text does not change with every step.
QString rough_duration(double seconds) {
    const double unit = seconds < 20 ? 5 : seconds < 120 ? 10 : 60;
    return duration_text(std::max(unit, std::round(seconds / unit) * unit));
}

}  // namespace

HealthLabel::HealthLabel(EngineLink& link, const Theme& theme, QWidget* parent)
    : QLabel(parent), link_(link), theme_(theme) {
    setObjectName("health");
    setWordWrap(true);
    setFont(theme.body());
    setAccessibleName(tr("What the loss says"));
    connect(&link_, &EngineLink::run_opened, this, [this](const RunOpened& run) {
        fraction_ = run.completed ? 1 : 0;
        steps_per_second_ = 0;
        total_steps_ = 0;
        is_judged_ = false;
        show_health();
    });
    connect(&link_, &EngineLink::training_progress, this, [this](const TrainingProgress& progress) {
        fraction_ = progress.fraction;
        total_steps_ = progress.total_steps;
        if (link_.run())
            steps_per_second_ = progress.images_per_second / link_.run()->config.training.batch_size;
    });
    connect(&link_, &EngineLink::training_ended, this, [this](const TrainingEnded& end) {
        if (end.completed) fraction_ = 1;
    });
    connect(&theme_, &Theme::changed, this, &HealthLabel::show_health);
    show_health();
}

void HealthLabel::judge(const std::vector<StepMetrics>& steps) {
    is_judged_ = link_.run() && !steps.empty();
    if (is_judged_) health_ = judge_training(steps, link_.run()->config.training, fraction_);
    show_health();
}

/// "Shapes usually appear near step 150, in about 40 s."
QString HealthLabel::outlook() const {
    const RunOpened& run = *link_.run();
    if (health_.is_problem() || health_.trend == Trend::finishing || !run.trainable) return {};
    const std::optional<Milestone> next =
        next_milestone(run.config, run.channels, run.height, run.width, run.step, total_steps_);
    if (!next) return {};
    const QString step = count_text(next->step), text = text_of(next->text);
    if (steps_per_second_ <= 0) return tr("%1 near step %2.").arg(text, step);
    const double seconds = static_cast<double>(next->step - run.step) / steps_per_second_;
    return tr("%1 near step %2, in about %3.").arg(text, step, rough_duration(seconds));
}

void HealthLabel::show_health() {
    const bool is_problem = is_judged_ && health_.is_problem();
    const bool is_bad = is_problem && health_.trend == Trend::diverged;
    QPalette colours = palette();
    colours.setColor(QPalette::WindowText, theme_.colour(is_bad       ? Colour::bad
                                                         : is_problem ? Colour::warn
                                                                      : Colour::muted));
    setPalette(colours);
    QStringList sentences;
    if (is_judged_) {
        sentences << text_of(health_.text);
        if (const QString next = outlook(); !next.isEmpty()) sentences << next;
    }
    setText(sentences.join(' '));
}

}  // namespace denoise::ui
