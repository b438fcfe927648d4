#include "ui/panels/runs/runs_bar.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QToolButton>
#include <algorithm>

#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int search_width = 150, narrow_search_width = 84;
constexpr int narrow = 840;

/// Enables a button or an action, with the first of the reasons against it that is not empty as its tooltip.
template <class Control>
void set_allowed(Control* control, const QStringList& reasons, const QString& tip) {
    QString reason;
    for (const QString& each : reasons)
        if (reason.isEmpty()) reason = each;
    control->setEnabled(reason.isEmpty());
    control->setToolTip(reason.isEmpty() ? tip : reason);
}

}  // namespace

RunsBar::RunsBar(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::control, 0, space::group, 0);
    row->setSpacing(space::tight);
    search_ = new QLineEdit(this);
    search_->setObjectName("runs_search");
    search_->setPlaceholderText(tr("Filter runs"));
    search_->setAccessibleName(tr("Filter runs"));
    search_->setToolTip(tr("Name, dataset, tag or state of a run, or “starred”"));
    search_->setClearButtonEnabled(true);
    search_->setFixedHeight(space::target - space::tight);  // of the tabs beside it
    connect(search_, &QLineEdit::textChanged, this, &RunsBar::search_changed);
    row->addWidget(search_);
    const auto add = [&](const QString& icon, const QString& text, auto signal) {
        auto* button = new QToolButton(this);
        button->setIcon(theme.icon(icon));
        button->setText(text);
        button->setToolButtonStyle(Qt::ToolButtonIconOnly);
        button->setFocusPolicy(Qt::TabFocus);
        button->setAccessibleName(text);
        row->addWidget(button);
        connect(button, &QToolButton::clicked, this, signal);
        return button;
    };
    resume_ = add("media-playback-start", tr("Resume"), &RunsBar::press_first);
    open_ = add("document-open", tr("Open"), &RunsBar::open_pressed);
    compare_ = add("view-split-left-right", tr("Compare"), &RunsBar::compare_pressed);
    reuse_ = add("document-new", tr("Duplicate as new run"), &RunsBar::reuse_pressed);
    rename_ = add("edit-rename", tr("Rename"), &RunsBar::rename_pressed);
    remove_ = add("edit-delete", tr("Delete"), &RunsBar::remove_pressed);
    show_ = add("folder-open", tr("Show folder"), &RunsBar::show_pressed);
    const auto add_action = [&](const QString& icon, const QString& text, auto signal) {
        auto* action = new QAction(theme.icon(icon), text, this);
        connect(action, &QAction::triggered, this, signal);
        return action;
    };
    watch_ = add_action("view-visible", tr("Watch"), &RunsBar::watch_pressed);
    queue_ = add_action("list-add", tr("Duplicate to queue"), &RunsBar::queue_pressed);
    continuation_ = add_action("list-add", tr("Train further in the queue"), &RunsBar::continuation_pressed);
    export_ = add_action("document-export", tr("Export model…"), &RunsBar::export_pressed);
}

void RunsBar::fit(int panel_width) {
    const bool is_narrow = panel_width < narrow;
    search_->setFixedWidth(is_narrow ? narrow_search_width : search_width);
    for (QToolButton* button : {resume_, open_})
        button->setToolButtonStyle(is_narrow ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
    // They are in the menu, too.
    for (QToolButton* button : {reuse_, rename_, show_}) button->setVisible(!is_narrow);
}

QSize RunsBar::minimumSizeHint() const {
    constexpr int always_shown = 4;  // as compare_, which has no text
    const QMargins margins = layout()->contentsMargins();
    const int width = margins.left() + margins.right() + narrow_search_width +
                      always_shown * (space::tight + compare_->sizeHint().width());
    return {width, QWidget::minimumSizeHint().height()};
}

bool RunsBar::can_open() const {
    return open_->isEnabled();
}

void RunsBar::show_selection(const RunsSelection& selection) {
    const std::vector<RunSummary>& runs = selection.runs;
    const RunSummary* run = runs.size() == 1 ? &runs.front() : nullptr;
    const QString none = runs.empty() ? tr("Select a run first.") : tr("Select a single run.");
    const QString unreadable = !run                                 ? none
                               : run->state == RunState::unreadable ? text_of(run->problem)
                                                                    : QString();
    const auto is_running = [](const RunSummary& each) { return each.state == RunState::running; };
    const QString running = run && is_running(*run) ? tr("This run is being trained.") : QString();
    const QString without =
        run && run->checkpoints.empty() ? tr("This run has no checkpoint yet.") : QString();
    show_first(run, selection, {unreadable, without});
    set_allowed(open_, {unreadable, without}, tr("Open: opens the model for sampling."));
    set_allowed(compare_, {selection.compare_problem},
                tr("Compare: samples from each of the selected runs or checkpoints, side by side."));
    set_allowed(reuse_, {unreadable, selection.setup_blocked},
                tr("Duplicate as new run: sets up a new run with the settings of this one."));
    set_allowed(rename_, {run ? running : none}, tr("Rename: renames the folder of the run."));
    const QString all_running =
        std::ranges::all_of(runs, is_running) ? tr("This run is being trained.") : QString();
    set_allowed(remove_, {runs.empty() ? none : all_running},
                tr("Delete: moves the selected runs to the trash."));
    set_allowed(show_, {}, tr("Show folder: opens the folder in the file manager."));
    set_allowed(queue_, {unreadable, selection.queue_blocked},
                tr("Adds a new run with the settings of this one to the queue."));
    set_allowed(continuation_, {unreadable, running, without, selection.queue_blocked},
                run && run->state == RunState::finished
                    ? tr("Adds this run to the queue, with twice its budget.")
                    : tr("Adds this run to the queue, which resumes it from its newest checkpoint."));
    set_allowed(export_, {unreadable, without}, tr("Opens the model and exports it for other programs."));
}

/// A run that another program trains cannot be resumed, but watched.
void RunsBar::show_first(const RunSummary* run, const RunsSelection& selection, const QStringList& reasons) {
    const bool here = run && run->folder == selection.trained_here;
    const bool is_watched = run && !selection.watched.empty() && run->folder == selection.watched;
    const bool elsewhere = run && !here && run->state == RunState::running;
    first_ = is_watched ? First::unwatch : elsewhere ? First::watch : First::resume;
    const QString text = is_watched ? tr("Stop watching") : elsewhere ? tr("Watch") : tr("Resume");
    resume_->setText(text);
    resume_->setAccessibleName(text);
    resume_->setIcon(theme_.icon(is_watched  ? "view-hidden"
                                 : elsewhere ? "view-visible"
                                             : "media-playback-start"));
    const QString trained = here ? tr("This run is being trained.") : QString();
    const QString watch_tip =
        tr("Watch: opens the run and shows new steps and samples as another program adds them.");
    const QString stop_tip = tr("Stop watching: shows no further steps. The training goes on where it is.");
    if (first_ == First::resume)
        set_allowed(resume_,
                    QStringList{reasons.front(), trained} + reasons.mid(1) << selection.resume_blocked,
                    tr("Resume: trains from the newest checkpoint on."));
    else
        set_allowed(resume_, is_watched ? QStringList() : QStringList(reasons) << selection.watch_blocked,
                    is_watched ? stop_tip : watch_tip);
    set_allowed(watch_, QStringList(reasons) << trained << selection.watch_blocked, watch_tip);
}

void RunsBar::press_first() {
    switch (first_) {
        case First::resume:
            Q_EMIT resume_pressed();
            break;
        case First::watch:
            Q_EMIT watch_pressed();
            break;
        case First::unwatch:
            Q_EMIT unwatch_pressed();
            break;
    }
}

QMenu* RunsBar::make_menu(QWidget* parent) const {
    auto* menu = new QMenu(parent);
    menu->setObjectName("runs_menu");
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    const auto add = [&](QToolButton* button) {
        QAction* action = menu->addAction(button->icon(), button->text());
        action->setEnabled(button->isEnabled());
        action->setToolTip(button->toolTip());
        connect(action, &QAction::triggered, button, &QToolButton::click);
    };
    for (QToolButton* button : {resume_, open_, compare_, reuse_}) add(button);
    if (first_ == First::resume) menu->addAction(watch_);
    menu->addActions({queue_, continuation_, export_});
    menu->addSeparator();
    for (QToolButton* button : {rename_, remove_, show_}) add(button);
    return menu;
}

}  // namespace denoise::ui
