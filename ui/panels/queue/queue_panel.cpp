#include "ui/panels/queue/queue_panel.h"

#include <QAction>
#include <QDateTime>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QStackedLayout>
#include <QToolButton>
#include <QTreeView>
#include <algorithm>

#include "engine/base/memory.h"
#include "ui/link/training_queue.h"
#include "ui/panels/queue/queue_text.h"
#include "ui/panels/runs/runs_notice.h"
#include "ui/text/format.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"
#include "ui/widgets/caption_label.h"
#include "ui/widgets/column_widths.h"

namespace denoise::ui {
namespace {

constexpr int clock_ms = 30'000;
constexpr int name_width = 230, most_dataset_width = 112;
constexpr int narrow = 840;

/// "Pauses the queue", with the reason against it instead if there is one.
void set_button(QToolButton* button, const QString& reason, const QString& tip) {
    button->setEnabled(reason.isEmpty());
    button->setToolTip(reason.isEmpty() ? tip : reason);
}

}  // namespace

QueuePanel::QueuePanel(TrainingQueue& queue, const Theme& theme, QWidget* parent)
    : QWidget(parent), queue_(queue), theme_(theme), model_(queue, theme) {
    setProperty("role", "panel");
    setAttribute(Qt::WA_StyledBackground);
    build_view();
    build_buttons();
    build_keys();
    connect(&model_, &QueueModel::failed, this, &QueuePanel::failed);
    connect(&queue_, &TrainingQueue::changed, this, &QueuePanel::show_queue);
    connect(&queue_, &TrainingQueue::progressed, this, &QueuePanel::show_forecast);
    clock_.setInterval(clock_ms);
    connect(&clock_, &QTimer::timeout, this, &QueuePanel::show_forecast);
    clock_.start();
    show_queue();
}

void QueuePanel::build_view() {
    view_ = new QTreeView;
    view_->setObjectName("queue");
    view_->setAccessibleName(tr("Queue"));
    view_->setModel(&model_);
    view_->setRootIsDecorated(false);
    view_->setUniformRowHeights(true);
    view_->setAllColumnsShowFocus(true);
    view_->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed);
    view_->setDragDropMode(QAbstractItemView::DragDrop);
    view_->setDefaultDropAction(Qt::MoveAction);
    view_->setDragDropOverwriteMode(false);
    view_->header()->setStretchLastSection(true);
    view_->header()->setSectionsMovable(false);
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            [this] { update_buttons(); });
    connect(view_, &QTreeView::doubleClicked, this, [this](const QModelIndex& at) {
        const QueuedRun* run = model_.run_at(at.row());
        if (run && !run->folder.empty() && !(model_.flags(at) & Qt::ItemIsEditable))
            Q_EMIT run_chosen(run->folder);
    });

    auto* list = new QWidget;
    auto* stack = new QStackedLayout(list);
    stack->setStackingMode(QStackedLayout::StackAll);
    empty_ =
        new QLabel(tr("No run is queued. “Add to queue” beside Train adds one with the settings in Setup.\n"
                      "The runs are trained one after the other, also overnight."));
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setWordWrap(true);
    empty_->setProperty("role", "caption");
    empty_->setAttribute(Qt::WA_TransparentForMouseEvents);
    stack->addWidget(view_);
    stack->addWidget(empty_);
    stack->setCurrentWidget(empty_);  // the text is above the table

    forecast_ = caption_label(theme_, Qt::PlainText);
    forecast_->setObjectName("queue_forecast");
    warning_ = new QLabel;
    warning_->setObjectName("queue_warning");
    warning_->setProperty("role", "problem");
    warning_->setFont(theme_.caption());
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(space::group, 0, space::group, space::tight);
    foot->setSpacing(space::group);
    foot->addWidget(forecast_);
    foot->addWidget(warning_);
    foot->addStretch();
    notice_ = new RunsNotice(theme_);
    notice_->setObjectName("queue_notice");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::tight);
    column->addWidget(notice_);
    column->addWidget(list, 1);
    column->addLayout(foot);
}

void QueuePanel::build_buttons() {
    buttons_ = new QWidget(this);
    auto* row = new QHBoxLayout(buttons_);
    row->setContentsMargins(space::control, 0, space::group, 0);
    row->setSpacing(space::tight);
    const auto add = [&](const QString& icon, const QString& text, const auto& does) {
        auto* button = new QToolButton(buttons_);
        button->setIcon(theme_.icon(icon));
        button->setText(text);
        button->setToolButtonStyle(Qt::ToolButtonIconOnly);
        button->setFocusPolicy(Qt::TabFocus);
        button->setAccessibleName(text);
        row->addWidget(button);
        connect(button, &QToolButton::clicked, this, does);
        return button;
    };
    start_ = add("media-playback-start", tr("Start queue"), [this] { start_or_pause(); });
    start_->setObjectName("queue_start");
    start_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    up_ = add("go-up", tr("Move up"), [this] { move_chosen(-1); });
    down_ = add("go-down", tr("Move down"), [this] { move_chosen(1); });
    budget_ = add("chronometer", tr("Change budget"), [this] { edit_budget(); });
    again_ = add("view-refresh", tr("Try again"), [this] {
        const std::int64_t id = chosen();
        queue_.change([id](RunQueue& queue) { try_again(queue, id); });
    });
    remove_ = add("edit-delete", tr("Remove"), [this] { remove_chosen(); });
}

void QueuePanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit_buttons();
}

/// In a narrow window, the tabs need the room of a button. The budget can be changed in its cell, too.
void QueuePanel::fit_buttons() {
    const bool is_narrow = width() < narrow;
    buttons_->layout()->setSpacing(is_narrow ? 0 : space::tight);
    again_->setVisible(!is_narrow || again_->isEnabled());
    budget_->setVisible(!is_narrow || !again_->isEnabled());
}

void QueuePanel::build_keys() {
    const auto add = [this](const QKeySequence& keys, QToolButton* button) {
        auto* action = new QAction(view_);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetShortcut);
        connect(action, &QAction::triggered, button, &QToolButton::click);
        view_->addAction(action);
    };
    add(QKeySequence::Delete, remove_);
    add(Qt::ALT | Qt::Key_Up, up_);
    add(Qt::ALT | Qt::Key_Down, down_);
}

void QueuePanel::set_start_blocked(const QString& reason) {
    start_blocked_ = reason;
    update_buttons();
}

void QueuePanel::set_waiting_for(const QString& reason) {
    if (reason == waiting_for_) return;
    waiting_for_ = reason;
    show_forecast();
}

std::int64_t QueuePanel::chosen() const {
    const QModelIndexList rows = view_->selectionModel()->selectedRows();
    const QueuedRun* run = rows.isEmpty() ? nullptr : model_.run_at(rows.front().row());
    return run ? run->id : 0;
}

void QueuePanel::choose(std::int64_t id) {
    const int row = model_.row_of(id);
    if (row >= 0) view_->setCurrentIndex(model_.index(row, 0));
}

void QueuePanel::move_chosen(int rows) {
    const std::int64_t id = chosen();
    const int to = model_.row_of(id) + rows;
    if (id == 0 || to < 0 || to >= model_.rowCount()) return;
    queue_.change([id, to](RunQueue& queue) { move_in_queue(queue, id, static_cast<std::size_t>(to)); });
}

void QueuePanel::remove_chosen() {
    const std::int64_t id = chosen();
    const int row = model_.row_of(id);
    std::optional<RemovedRun> removed;
    if (!queue_.change([&](RunQueue& queue) { removed = remove_from_queue(queue, id); }) || !removed) return;
    // The run after the removed one
    if (model_.rowCount() > 0) view_->setCurrentIndex(model_.index(std::min(row, model_.rowCount() - 1), 0));
    notice_->tell(tr("“%1” was removed from the queue. Its files are kept.").arg(text_of(removed->run.name)),
                  {tr("Undo"), [this, removed] {
                       queue_.change([&](RunQueue& queue) { put_back(queue, *removed); });
                       choose(removed->run.id);
                       view_->setFocus();
                   }});
}

void QueuePanel::edit_budget() {
    const int row = model_.row_of(chosen());
    if (row >= 0) view_->edit(model_.index(row, QueueModel::budget));
}

void QueuePanel::start_or_pause() {
    if (queue_.is_on())
        queue_.pause();
    else
        queue_.start();
}

void QueuePanel::show_queue() {
    if (!sized_ && model_.rowCount() > 0) {
        sized_ = true;
        fit_columns(*view_);
        limit_names(*view_, QueueModel::name, name_width, 4);
        // A long name must not push the last column, with the reason of a failure, out of a narrow window.
        view_->setColumnWidth(QueueModel::dataset,
                              std::min(view_->columnWidth(QueueModel::dataset),
                                       std::max(most_dataset_width, view_->width() / 8)));
    }
    empty_->setVisible(model_.rowCount() == 0);
    show_forecast();
    update_buttons();
}

void QueuePanel::show_forecast() {
    const RunQueue& queue = queue_.queue();
    QString text =
        forecast_text(forecast_of(queue, queue_.remaining_seconds()), QDateTime::currentDateTime());
    if (!text.isEmpty() && !queue_.is_on() && queue_.obstacle().isEmpty()) text += tr(", if it starts now");
    if (queue_.is_on() && queue_.current() == 0 && !waiting_for_.isEmpty()) text += ". " + waiting_for_;
    if (!queue_.obstacle().isEmpty()) text = queue_.obstacle();
    forecast_->setText(text);
    const QString warning = text.isEmpty() || queue_.current() != 0
                                ? QString()
                                : space_warning(needs_of(queue), available_bytes(), queue_.free_bytes());
    warning_->setText(warning);
    warning_->setVisible(!warning.isEmpty());
}

void QueuePanel::update_buttons() {
    const QueuedRun* run = find_queued(queue_.queue(), chosen());
    const QString locked = queue_.obstacle();
    const QString none = run ? QString() : tr("Select a run first.");
    const QString running =
        run && run->state == QueuedState::running ? tr("This run is being trained.") : QString();
    const auto first = [](const QStringList& reasons) {
        for (const QString& reason : reasons)
            if (!reason.isEmpty()) return reason;
        return QString();
    };
    const bool on = queue_.is_on();
    // Beside the tab "Queue", one word is enough.
    start_->setText(on ? tr("Pause") : queue_.was_cut_off() ? tr("Resume") : tr("Start"));
    const QString start_name = on                     ? tr("Pause queue")
                               : queue_.was_cut_off() ? tr("Resume the queue")
                                                      : tr("Start queue");
    start_->setAccessibleName(start_name);
    start_->setIcon(theme_.icon(on ? "media-playback-pause" : "media-playback-start"));
    const QString nothing = next_in_queue(queue_.queue()) ? QString() : tr("No run is waiting.");
    set_button(start_, on ? QString() : first({locked, nothing, start_blocked_}),
               on ? tr("Pause queue: saves the run in training, which goes on from there later.")
                  : start_name + tr(": trains the waiting runs one after the other."));
    const int row = model_.row_of(chosen());
    set_button(up_, first({locked, none, running, row == 0 ? tr("It is the first run.") : QString()}),
               tr("Move up (Alt+Up, or drag the row)"));
    set_button(
        down_,
        first({locked, none, running, row == model_.rowCount() - 1 ? tr("It is the last run.") : QString()}),
        tr("Move down (Alt+Down, or drag the row)"));
    set_button(
        budget_,
        first({locked, none, running, run && !can_change_budget(*run) ? tr("This run is done.") : QString()}),
        tr("Change budget: a time or a number of steps"));
    const bool can_try = run && (run->state == QueuedState::failed || run->state == QueuedState::stopped);
    set_button(
        again_,
        first({locked, none, can_try ? QString() : tr("Only for a run that has failed or was stopped.")}),
        tr("Try again: the run waits again, and goes on from its last checkpoint."));
    set_button(remove_, first({locked, none, running}), tr("Remove: takes the run from the queue (Delete)"));
    fit_buttons();
}

}  // namespace denoise::ui
