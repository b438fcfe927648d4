#include "ui/panels/runs/runs_panel.h"

#include <QApplication>
#include <QDesktopServices>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPointer>
#include <QSplitter>
#include <QStackedLayout>
#include <QStackedWidget>
#include <QThreadPool>
#include <QToolButton>
#include <QTreeView>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/panels/runs/run_deletion.h"
#include "ui/panels/runs/run_details.h"
#include "ui/panels/runs/runs_bar.h"
#include "ui/panels/runs/runs_comparison.h"
#include "ui/panels/runs/runs_notice.h"
#include "ui/text/format.h"
#include "ui/widgets/caption_label.h"
#include "ui/widgets/column_widths.h"
#include "ui/widgets/scrolled.h"

namespace denoise::ui {
namespace {

constexpr int settle_ms = 300;  // several files change at the same time
constexpr int name_width = 220;

}  // namespace

RunsPanel::RunsPanel(EngineLink& link, const Theme& theme, std::filesystem::path folder, QWidget* parent)
    : QWidget(parent),
      theme_(theme),
      folder_(std::move(folder)),
      model_(theme),
      filter_(model_),
      training_(link) {
    build();
    refresh_timer_.setSingleShot(true);
    refresh_timer_.setInterval(settle_ms);
    connect(&refresh_timer_, &QTimer::timeout, this, &RunsPanel::refresh);
    connect(&watcher_, &QFileSystemWatcher::directoryChanged, this, &RunsPanel::refresh_soon);
    connect(&model_, &RunsModel::renamed, this, &RunsPanel::refresh_soon);
    connect(&model_, &RunsModel::renamed, this, &RunsPanel::renamed);
    connect(&model_, &RunsModel::failed, this, &RunsPanel::failed);
    connect(&model_, &RunsModel::dataChanged, this, &RunsPanel::show_chosen);
    connect(&theme_, &Theme::changed, view_->viewport(), qOverload<>(&QWidget::update));
    connect(&training_, &TrainingFollower::advanced, this, [this] { model_.set_live(training_.live()); });
    connect(&training_, &TrainingFollower::ended, this, [this](bool completed) {
        model_.end_live(completed ? RunState::finished : RunState::stopped);
        refresh_soon();
    });
    refresh();
}

RunsPanel::~RunsPanel() = default;

void RunsPanel::build() {
    setProperty("role", "panel");
    setAttribute(Qt::WA_StyledBackground);
    auto* list = new QWidget;
    auto* stack = new QStackedLayout(list);
    stack->setStackingMode(QStackedLayout::StackAll);
    empty_ = new QLabel;
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setWordWrap(true);
    empty_->setProperty("role", "caption");
    empty_->setAttribute(Qt::WA_TransparentForMouseEvents);
    stack->addWidget(build_view());
    stack->addWidget(empty_);
    stack->setCurrentWidget(empty_);  // the text is above the table

    details_ = new RunDetails(theme_);
    comparison_ = new RunsComparison(training_, theme_);
    auto* hint = caption_label(theme_);
    hint->setText(tr("Select a run to see its notes, or several to compare them."));
    hint->setAlignment(Qt::AlignCenter);
    hint->setWordWrap(true);
    hint->setContentsMargins(space::group, 0, space::group, 0);
    side_ = new QStackedWidget;
    side_->addWidget(hint);
    for (QWidget* page : {static_cast<QWidget*>(details_), static_cast<QWidget*>(comparison_)})
        side_->addWidget(scrolled(page));
    connect(details_, &RunDetails::notes_edited, &model_, &RunsModel::change_notes);

    splitter_ = new QSplitter(Qt::Horizontal);
    splitter_->setObjectName("runs_splitter");
    splitter_->addWidget(list);
    splitter_->addWidget(side_);
    splitter_->setCollapsible(0, false);
    splitter_->setStretchFactor(0, 3);
    splitter_->setStretchFactor(1, 2);
    splitter_->setSizes({600, 400});
    auto* notice = new RunsNotice(theme_);
    deletion_ = new RunDeletion(model_, *notice, this);
    connect(deletion_, &RunDeletion::answered, this, [this] {
        view_->setFocus();
        if (view_->selectionModel()->hasSelection() || filter_.rowCount() == 0) return;
        // The run after the deleted one
        view_->setCurrentIndex(filter_.index(std::min(removed_row_, filter_.rowCount() - 1), 0));
    });
    connect(&filter_, &RunsFilter::rowsRemoved, this, [this](const QModelIndex& parent, int first) {
        if (!parent.isValid()) removed_row_ = first;
    });
    connect(deletion_, &RunDeletion::folder_changed, this, &RunsPanel::refresh_soon);
    connect(deletion_, &RunDeletion::failed, this, &RunsPanel::failed);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(space::tight);
    column->addWidget(notice);
    column->addWidget(splitter_, 1);
    bar_ = new RunsBar(theme_, this);
    bar_->fit(width());
    connect_bar();
    show_chosen();
}

QTreeView* RunsPanel::build_view() {
    view_ = new QTreeView;
    view_->setObjectName("runs");
    view_->setAccessibleName(tr("Runs"));
    view_->setModel(&filter_);
    view_->setAllColumnsShowFocus(true);
    view_->setTextElideMode(Qt::ElideMiddle);  // the names of runs of a minute differ at their ends
    view_->setEditTriggers(QAbstractItemView::EditKeyPressed);
    view_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view_->setExpandsOnDoubleClick(false);
    view_->header()->setStretchLastSection(true);
    view_->header()->setSectionsMovable(false);
    view_->header()->setSortIndicator(RunsModel::created, Qt::DescendingOrder);
    view_->setSortingEnabled(true);
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(view_, &QTreeView::customContextMenuRequested, this, &RunsPanel::show_menu);
    connect(view_, &QTreeView::clicked, this, &RunsPanel::toggle_star);
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        show_chosen();
        if (choice().runs().size() < 2) return;
        // Once, so that a width that the user has set is kept.
        if (!std::exchange(widened_, true)) splitter_->setSizes({width() * 2 / 5, width() * 3 / 5});
        Q_EMIT several_selected();
    });
    return view_;
}

QWidget* RunsPanel::buttons() const {
    return bar_;
}

void RunsPanel::resizeEvent(QResizeEvent*) {
    bar_->fit(width());
}

void RunsPanel::connect_bar() {
    connect(bar_, &RunsBar::search_changed, this, [this](const QString& words) {
        filter_.set_words(words);
        show_empty();
    });
    /// Does something with the selected run, if it is one.
    const auto with_run = [this](auto does) {
        return [this, does] {
            if (const RunSummary* run = choice().only()) does(RunSummary(*run));
        };
    };
    const auto open = [this] {
        if (const std::filesystem::path path = choice().model(); !path.empty()) Q_EMIT open_wanted(path);
    };
    connect(bar_, &RunsBar::open_pressed, this, open);
    connect(view_, &QTreeView::doubleClicked, this, [this, open](const QModelIndex& at) {
        if (bar_->can_open() && at.column() != RunsModel::star) open();
    });
    connect(bar_, &RunsBar::resume_pressed, this,
            with_run([this](const RunSummary& run) { Q_EMIT resume_wanted(run.folder); }));
    connect(bar_, &RunsBar::watch_pressed, this,
            with_run([this](const RunSummary& run) { Q_EMIT watch_wanted(run.folder); }));
    connect(bar_, &RunsBar::unwatch_pressed, this, &RunsPanel::watch_unwanted);
    connect(bar_, &RunsBar::reuse_pressed, this,
            with_run([this](const RunSummary& run) { Q_EMIT settings_wanted(run.config); }));
    connect(bar_, &RunsBar::queue_pressed, this,
            with_run([this](const RunSummary& run) { Q_EMIT queue_wanted(run); }));
    connect(bar_, &RunsBar::continuation_pressed, this,
            with_run([this](const RunSummary& run) { Q_EMIT continuation_wanted(run); }));
    connect(bar_, &RunsBar::rename_pressed, this,
            with_run([this](const RunSummary& run) { view_->edit(filter_.index_of(run.folder)); }));
    connect(bar_, &RunsBar::compare_pressed, this, [this] { Q_EMIT compare_wanted(choice().models()); });
    connect(bar_, &RunsBar::export_pressed, this, [this] { Q_EMIT export_wanted(choice().model()); });
    connect(bar_, &RunsBar::remove_pressed, this, [this] { deletion_->ask(choice().runs()); });
    connect(bar_, &RunsBar::show_pressed, this, [this] {
        const RunSummary* run = choice().only();
        QDesktopServices::openUrl(QUrl::fromLocalFile(text_of((run ? run->folder : folder_).string())));
    });
    auto* key = new QAction(view_);
    key->setShortcut(QKeySequence::Delete);
    key->setShortcutContext(Qt::WidgetShortcut);
    connect(key, &QAction::triggered, &bar_->remove_button(), &QToolButton::click);
    view_->addAction(key);
}

std::filesystem::path RunsPanel::chosen_model() const {
    return bar_->can_open() ? choice().model() : std::filesystem::path();
}

RunsChoice RunsPanel::choice() const {
    return {*view_, filter_};
}

void RunsPanel::show_menu(const QPoint& at) {
    if (choice().runs().empty()) return;
    bar_->make_menu(view_)->popup(view_->viewport()->mapToGlobal(at));
}

void RunsPanel::toggle_star(const QModelIndex& at) {
    const RunSummary* run = filter_.run_at(at);
    if (at.column() != RunsModel::star || !run || filter_.checkpoint_at(at)) return;
    filter_.setData(at, !run->notes.starred, Qt::EditRole);
}

void RunsPanel::add_score(const std::filesystem::path& model, const RunScore& score) {
    for (const RunSummary& run : model_.runs()) {
        const bool is_checkpoint = model.parent_path().parent_path() == run.folder;
        if (model != run.folder && !is_checkpoint) continue;
        try {
            add_run_score(run.folder, score);
        } catch (const Error& error) {
            Q_EMIT failed(error);
        }
        return refresh_soon();
    }
}

void RunsPanel::set_folder(const std::filesystem::path& folder) {
    if (folder == folder_) return;
    folder_ = folder;
    refresh();
}

void RunsPanel::set_resume_blocked(const QString& reason) {
    resume_blocked_ = reason;
    update_buttons();
}

void RunsPanel::set_watch_blocked(const QString& reason) {
    watch_blocked_ = reason;
    update_buttons();
}

void RunsPanel::set_watched(const std::filesystem::path& run) {
    if (std::exchange(watched_, run) != run) update_buttons();
}

void RunsPanel::set_setup_blocked(const QString& reason) {
    setup_blocked_ = reason;
    update_buttons();
}

void RunsPanel::set_queue_blocked(const QString& reason) {
    queue_blocked_ = reason;
    update_buttons();
}

void RunsPanel::refresh_soon() {
    refresh_timer_.start();
}

void RunsPanel::refresh() {
    if (reading_) {
        read_again_ = true;
        return;
    }
    reading_ = true;
    QThreadPool::globalInstance()->start([panel = QPointer(this), folder = folder_, metrics = metrics_] {
        std::vector<RunSummary> runs = list_runs(folder, metrics.get());
        QMetaObject::invokeMethod(qApp, [panel, folder, runs = std::move(runs)]() mutable {
            if (!panel) return;
            panel->reading_ = false;
            // What was read before a change in the meantime, such as a deletion, would undo it in the list.
            if (folder == panel->folder_ && !panel->read_again_ && !panel->refresh_timer_.isActive())
                panel->take(std::move(runs));
            if (panel->read_again_ || folder != panel->folder_) {
                panel->read_again_ = false;
                panel->refresh();
            }
        });
    });
}

void RunsPanel::take(std::vector<RunSummary> runs) {
    model_.set_runs(std::move(runs));
    if (model_.awaits_end()) refresh_soon();
    size_columns();
    show_empty();
    watch();
    show_chosen();
    Q_EMIT listed();
}

void RunsPanel::size_columns() {
    if (sized_ || model_.runs().empty()) return;
    sized_ = true;
    fit_columns(*view_);
    limit_names(*view_, RunsModel::name, name_width, 2);
    view_->setColumnWidth(RunsModel::star, space::target + space::tight);
}

void RunsPanel::show_empty() {
    empty_->setText(model_.runs().empty() ? tr("The runs are listed here.")
                                          : tr("No run matches the filter."));
    empty_->setVisible(filter_.rowCount() == 0);
}

void RunsPanel::watch() {
    QStringList wanted;
    std::error_code ignored;
    if (std::filesystem::is_directory(folder_, ignored)) wanted << text_of(folder_.string());
    constexpr std::size_t most = 64;  // only the newest change
    for (std::size_t i = 0; i < model_.runs().size() && i < most; ++i)
        wanted << text_of(model_.runs()[i].folder.string());
    const QStringList watched = watcher_.directories();
    for (const QString& path : watched)
        if (!wanted.contains(path)) watcher_.removePath(path);
    for (const QString& path : wanted)
        if (!watched.contains(path)) watcher_.addPath(path);
}

void RunsPanel::show_chosen() {
    const std::vector<RunSummary> runs = choice().runs();
    if (runs.size() == 1)
        details_->set_run(runs.front(), model_.thumbnail(runs.front()));
    else
        details_->keep();
    if (runs.size() > 1) comparison_->set_runs(runs);
    side_->setCurrentIndex(runs.empty() ? 0 : runs.size() == 1 ? 1 : 2);
    update_buttons();
    Q_EMIT choice_changed();
}

void RunsPanel::update_buttons() {
    bar_->show_selection(
        {.runs = choice().runs(),
         .watched = watched_,
         .trained_here = training_.live() ? training_.live()->folder : std::filesystem::path(),
         .compare_problem = choice().obstacle_to_compare(),
         .resume_blocked = resume_blocked_,
         .watch_blocked = watch_blocked_,
         .setup_blocked = setup_blocked_,
         .queue_blocked = queue_blocked_});
}

}  // namespace denoise::ui
