#include "ui/pages/train/health_label.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QWidgetAction>
#include <cmath>

#include "engine/runs/expectation.h"
#include "ui/link/engine_link.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

/// A change needs so many steps to show in the loss.
constexpr std::int64_t steps_to_wait = 60;
constexpr int menu_width = 14 * space::target, least_width_for_row = 20 * space::target;

/// Rounded as far as an estimate deserves, so that the text does not change with every step.
QString rough_duration(double seconds) {
    const double unit = seconds < 20 ? 5 : seconds < 120 ? 10 : 60;
    return duration_text(std::max(unit, std::round(seconds / unit) * unit));
}

/// "Learning rate 0.001", "Noise schedule: Cosine"
QString value_text(const SettingFix& fix) {
    const SettingInfo& info = find_setting(run_settings(), fix.key).info;
    const QString title = text_of(info.title), value = text_of(format_setting(fix.value));
    switch (info.kind) {
        case SettingKind::boolean:
            return std::get<bool>(fix.value) ? title : HealthLabel::tr("%1: no").arg(title);
        case SettingKind::choice:
            for (const Choice& choice : info.choices)
                if (choice.value == std::get<std::string>(fix.value))
                    return QStringLiteral("%1: %2").arg(title, text_of(choice.title));
            return title;
        case SettingKind::integer:
            if (text_of(info.unit) == title.toLower())  // "810 steps"
                return QStringLiteral("%1 %2").arg(count_text(std::get<std::int64_t>(fix.value)),
                                                   text_of(info.unit));
            return QStringLiteral("%1 %2").arg(title, count_text(std::get<std::int64_t>(fix.value)));
        default:
            return info.unit.empty() ? QStringLiteral("%1 %2").arg(title, value)
                                     : QStringLiteral("%1 %2 %3").arg(title, value, text_of(info.unit));
    }
}

}  // namespace

HealthLabel::HealthLabel(EngineLink& link, const Theme& theme, QWidget* parent)
    : QWidget(parent), link_(link), theme_(theme) {
    row_ = new QBoxLayout(QBoxLayout::LeftToRight, this);
    row_->setContentsMargins(0, 0, 0, 0);
    row_->setSpacing(space::control);
    label_ = new QLabel(this);
    label_->setObjectName("health");
    label_->setWordWrap(true);
    label_->setFont(theme.body());
    label_->setAccessibleName(tr("State of the training"));
    label_->setMinimumHeight(space::target);  // so that the charts stay where they are when a button comes
    row_->addWidget(label_, 1);
    buttons_ = new QWidget(this);
    auto* buttons = new QHBoxLayout(buttons_);
    buttons->setContentsMargins(0, 0, 0, 0);
    buttons->setSpacing(space::control);
    apply_ = new QPushButton(buttons_);
    apply_->setObjectName("apply_fix");
    buttons->addWidget(apply_);
    more_ = new QToolButton(buttons_);
    more_->setObjectName("more_findings");
    more_->setPopupMode(QToolButton::InstantPopup);
    more_->setMenu(new QMenu(more_));
    more_->menu()->setToolTipsVisible(true);
    buttons->addWidget(more_);
    buttons->addStretch(1);
    row_->addWidget(buttons_, 0, Qt::AlignTop);
    connect(apply_, &QPushButton::clicked, this, [this] {
        if (fix_) want(*fix_);
    });
    connect(&theme_, &Theme::changed, this, &HealthLabel::show_health);
    follow_engine();
    show_health();
}

void HealthLabel::follow_engine() {
    connect(&link_, &EngineLink::run_opened, this, [this](const RunOpened& run) {
        fraction_ = run.completed ? 1 : 0;
        steps_per_second_ = 0;
        total_steps_ = 0;
        samples_.reset();
        wanted_.reset();
        is_judged_ = false;
        show_health();
    });
    connect(&link_, &EngineLink::training_progress, this, [this](const TrainingProgress& progress) {
        fraction_ = progress.fraction;
        total_steps_ = progress.total_steps;
        if (link_.run())
            steps_per_second_ = progress.images_per_second / link_.run()->config.training.batch_size;
    });
    connect(&link_, &EngineLink::preview_judged, this,
            [this](const PreviewJudged& judged) { samples_ = judged.figures; });
    connect(&link_, &EngineLink::run_changed, this, [this] { wanted_.reset(); });
    connect(&link_, &EngineLink::training_ended, this, [this](const TrainingEnded& end) {
        if (end.completed) fraction_ = 1;
    });
}

void HealthLabel::judge(const std::vector<StepMetrics>& steps) {
    is_judged_ = link_.run() && !steps.empty();
    if (is_judged_) {
        const RunOpened& run = *link_.run();
        health_ = judge_training(steps, run.config.training, fraction_);
        findings_ = check_training({.steps = steps,
                                    .config = run.config,
                                    .fraction = fraction_,
                                    .total_steps = total_steps_,
                                    .steps_per_second = steps_per_second_,
                                    .training_images = run.training_images,
                                    .parameters = parameter_count(run.parts),
                                    .samples = samples_});
    }
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

std::vector<HealthLabel::Remark> HealthLabel::remarks() const {
    std::vector<Remark> all;
    if (!is_judged_) return all;
    if (health_.is_problem()) all.push_back({text_of(health_.text), {}, health_.fix});
    for (const Finding& finding : findings_)
        all.push_back({text_of(finding.text), text_of(finding.advice), finding.fix});
    const RunOpened& run = *link_.run();
    for (Remark& remark : all) {
        if (!remark.fix) continue;
        // Of a run that has ended, only another one can be different.
        if (!run.trainable) remark.fix->new_run = true;
        for (const SettingChange& change : run.changes)
            if (change.key == remark.fix->key && !remark.fix->new_run &&
                run.step < change.step + steps_to_wait)
                remark.fix.reset();
        if (!remark.fix)
            remark.text += QStringLiteral(" ") + tr("It was changed a moment ago; wait for the effect.");
    }
    return all;
}

QString HealthLabel::button_text(const SettingFix& fix) const {
    return fix.new_run ? tr("New run with “%1”").arg(value_text(fix)) : tr("Apply: %1").arg(value_text(fix));
}

QString HealthLabel::button_hint(const SettingFix& fix) const {
    const QString help = text_of(find_setting(run_settings(), fix.key).info.help);
    if (!fix.new_run) return tr("Changes this setting of the run, from the next step on. %1").arg(help);
    return link_.run() && link_.run()->trainable
               ? tr("Stops and saves this run, and sets up a new one with this change. %1").arg(help)
               : tr("Sets up a new run with the settings of this one and this change. %1").arg(help);
}

void HealthLabel::show_health() {
    const std::vector<Remark> all = remarks();
    const bool is_bad = is_judged_ && health_.trend == Trend::diverged;
    QPalette colours = label_->palette();
    colours.setColor(QPalette::WindowText, theme_.colour(is_bad         ? Colour::bad
                                                         : !all.empty() ? Colour::warn
                                                                        : Colour::muted));
    label_->setPalette(colours);
    QStringList sentences;
    if (!all.empty()) {
        sentences << all.front().text;
    } else if (is_judged_) {
        sentences << text_of(health_.text);
        if (const QString next = outlook(); !next.isEmpty()) sentences << next;
    }
    label_->setText(sentences.join(' '));
    label_->setToolTip(all.empty() ? QString() : all.front().advice);
    label_->setAccessibleDescription(label_->toolTip());

    fix_ = all.empty() ? std::nullopt : all.front().fix;
    apply_->setVisible(fix_.has_value());
    if (fix_) {
        apply_->setText(button_text(*fix_));
        apply_->setToolTip(button_hint(*fix_));
        apply_->setEnabled(wanted_ != fix_);
    }
    fill_menu(all);
    buttons_->setVisible(fix_ || all.size() > 1);
}

void HealthLabel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    // On a narrow page, the buttons are below the text.
    row_->setDirection(width() < least_width_for_row ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

bool HealthLabel::event(QEvent* event) {
    const bool done = QWidget::event(event);
    // The text wraps, so that its height depends on the width, which a low page would not respect.
    if (event->type() == QEvent::LayoutRequest || event->type() == QEvent::Resize)
        setMinimumHeight(row_->hasHeightForWidth() ? row_->heightForWidth(width()) : 0);
    return done;
}

/// The other remarks, each with what helps below it.
void HealthLabel::fill_menu(const std::vector<Remark>& all) {
    more_->setVisible(all.size() > 1);
    std::vector<QString> texts;
    for (std::size_t i = 1; i < all.size(); ++i) texts.push_back(all[i].text);
    if (texts == in_menu_ || more_->menu()->isVisible()) return;  // it must not change under the pointer
    in_menu_ = texts;
    more_->setText(tr("%n more", nullptr, static_cast<int>(texts.size())));
    more_->setToolTip(tr("Other findings"));
    more_->menu()->clear();
    for (std::size_t i = 1; i < all.size(); ++i) {
        const Remark& remark = all[i];
        auto* label = new QLabel(QStringLiteral("%1 %2").arg(remark.text, remark.advice).trimmed());
        label->setWordWrap(true);
        label->setFont(theme_.body());
        label->setFixedWidth(menu_width);
        label->setContentsMargins(space::control, space::tight, space::control, space::tight);
        auto* text = new QWidgetAction(more_->menu());
        text->setDefaultWidget(label);
        if (i > 1) more_->menu()->addSeparator();
        more_->menu()->addAction(text);
        if (!remark.fix) continue;
        QAction* fix = more_->menu()->addAction(
            theme_.icon(remark.fix->new_run ? "document-new" : "dialog-ok-apply"), button_text(*remark.fix));
        fix->setToolTip(button_hint(*remark.fix));
        connect(fix, &QAction::triggered, this, [this, wanted = *remark.fix] { want(wanted); });
    }
}

void HealthLabel::want(const SettingFix& fix) {
    wanted_ = fix;
    Q_EMIT fix_wanted(fix);
    show_health();
}

}  // namespace denoise::ui
