#include "ui/panels/runs/runs_panel.h"

#include <QApplication>
#include <QDesktopServices>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPointer>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedLayout>
#include <QStackedWidget>
#include <QThreadPool>
#include <QToolButton>
#include <QTreeView>
#include <QUrl>
#include <utility>

#include "ui/panels/runs/run_deletion.h"
#include "ui/panels/runs/run_details.h"
#include "ui/panels/runs/runs_comparison.h"
#include "ui/panels/runs/runs_notice.h"
#include "ui/text/format.h"
#include "ui/widgets/caption_label.h"

namespace denoise::ui {
namespace {

constexpr int settle_ms = 300;  // several files change at the same time
constexpr int search_width = 150;
constexpr int name_width = 220;
constexpr int narrow = 840;

/// So that the panel can be lower than its contents.
QScrollArea* scrolled(QWidget* content) {
    auto* area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    content->setProperty("role", "page");
    area->setWidget(content);
    return area;
}

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
    connect(&training_, &TrainingFollower::ended, this, [this] {
        model_.set_live({});
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
    build_buttons();
    connect_buttons();
    show_chosen();
}

QTreeView* RunsPanel::build_view() {
    view_ = new QTreeView;
    view_->setObjectName("runs");
    view_->setAccessibleName(tr("Runs"));
    view_->setModel(&filter_);
    view_->setAllColumnsShowFocus(true);
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
        if (chosen().size() < 2) return;
        // Once, so that a width that the user has set is kept.
        if (!std::exchange(widened_, true)) splitter_->setSizes({width() * 2 / 5, width() * 3 / 5});
        Q_EMIT several_selected();
    });
    return view_;
}

void RunsPanel::build_buttons() {
    buttons_ = new QWidget(this);
    auto* row = new QHBoxLayout(buttons_);
    row->setContentsMargins(space::control, 0, space::group, 0);
    row->setSpacing(space::tight);
    search_ = new QLineEdit(buttons_);
    search_->setObjectName("runs_search");
    search_->setPlaceholderText(tr("Filter runs"));
    search_->setAccessibleName(tr("Filter runs"));
    search_->setToolTip(tr("Name, dataset, tag or state of a run, or “starred”"));
    search_->setClearButtonEnabled(true);
    search_->setFixedHeight(space::target - space::tight);  // of the tabs beside it
    row->addWidget(search_);
    const auto add = [&](const QString& icon, const QString& text) {
        auto* button = new QToolButton(buttons_);
        button->setIcon(theme_.icon(icon));
        button->setText(text);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setFocusPolicy(Qt::TabFocus);
        button->setAccessibleName(text);
        row->addWidget(button);
        return button;
    };
    resume_ = add("media-playback-start", tr("Resume"));
    open_ = add("document-open", tr("Open"));
    compare_ = add("view-split-left-right", tr("Compare"));
    reuse_ = add("document-new", tr("Duplicate as new run"));
    rename_ = add("edit-rename", tr("Rename"));
    delete_ = add("edit-delete", tr("Delete"));
    show_ = add("folder-open", tr("Show folder"));
    for (QToolButton* button : {compare_, reuse_, rename_, delete_, show_})
        button->setToolButtonStyle(Qt::ToolButtonIconOnly);
    fit_buttons();
}

void RunsPanel::fit_buttons() {
    // The tabs beside the buttons need their room, too.
    const bool is_narrow = width() < narrow;
    search_->setFixedWidth(is_narrow ? search_width * 2 / 3 : search_width);
    for (QToolButton* button : {resume_, open_})
        button->setToolButtonStyle(is_narrow ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
}

void RunsPanel::resizeEvent(QResizeEvent*) {
    fit_buttons();
}

void RunsPanel::connect_buttons() {
    connect(search_, &QLineEdit::textChanged, this, [this](const QString& words) {
        filter_.set_words(words);
        show_empty();
    });
    connect(resume_, &QToolButton::clicked, this, [this] {
        if (const RunSummary* run = only()) Q_EMIT resume_wanted(run->folder);
    });
    const auto open = [this] {
        if (const std::filesystem::path path = chosen_model(); !path.empty()) Q_EMIT open_wanted(path);
    };
    connect(open_, &QToolButton::clicked, this, open);
    connect(view_, &QTreeView::doubleClicked, this, [this, open](const QModelIndex& at) {
        if (open_->isEnabled() && at.column() != RunsModel::star) open();
    });
    connect(compare_, &QToolButton::clicked, this, [this] { Q_EMIT compare_wanted(chosen_models()); });
    connect(reuse_, &QToolButton::clicked, this, [this] {
        if (const RunSummary* run = only()) Q_EMIT settings_wanted(run->config);
    });
    connect(rename_, &QToolButton::clicked, this, [this] {
        if (const RunSummary* run = only()) view_->edit(filter_.index_of(run->folder));
    });
    connect(delete_, &QToolButton::clicked, this, [this] { deletion_->ask(chosen()); });
    connect(show_, &QToolButton::clicked, this, [this] {
        const RunSummary* run = only();
        QDesktopServices::openUrl(QUrl::fromLocalFile(text_of((run ? run->folder : folder_).string())));
    });
    auto* key = new QAction(view_);
    key->setShortcut(QKeySequence::Delete);
    key->setShortcutContext(Qt::WidgetShortcut);
    connect(key, &QAction::triggered, delete_, &QToolButton::click);
    view_->addAction(key);
}

std::vector<RunSummary> RunsPanel::chosen() const {
    std::vector<RunSummary> runs;
    for (const QModelIndex& at : view_->selectionModel()->selectedRows()) {
        const RunSummary* run = filter_.run_at(at);
        if (run && std::ranges::find(runs, run->folder, &RunSummary::folder) == runs.end())
            runs.push_back(*run);
    }
    // In the order of the list, so that colours do not depend on how they were selected.
    std::ranges::sort(runs, {}, [this](const RunSummary& run) { return filter_.index_of(run.folder).row(); });
    return runs;
}

std::vector<std::filesystem::path> RunsPanel::chosen_models() const {
    QModelIndexList rows = view_->selectionModel()->selectedRows();
    // In the order of the list, and checkpoints below their run.
    std::ranges::sort(rows, {}, [](const QModelIndex& at) {
        const QModelIndex parent = at.parent();
        return parent.isValid() ? std::pair(parent.row(), at.row()) : std::pair(at.row(), -1);
    });
    std::vector<std::filesystem::path> models;
    for (const QModelIndex& at : rows)
        if (const CheckpointSummary* checkpoint = filter_.checkpoint_at(at))
            models.push_back(checkpoint->path);
        else if (const RunSummary* run = filter_.run_at(at))
            models.push_back(run->folder);
    return models;
}

QString RunsPanel::obstacle_to_compare() const {
    constexpr std::size_t fewest = 2, most = 4;
    const std::size_t count = chosen_models().size();
    if (count < fewest || count > most) return tr("Select two to four runs or checkpoints first.");
    for (const RunSummary& run : chosen()) {
        const QString name = text_of(run.folder.filename().string());
        if (run.state == RunState::unreadable) return tr("%1: %2").arg(name, text_of(run.problem));
        if (run.checkpoints.empty()) return tr("%1 has no checkpoint yet.").arg(name);
    }
    return {};
}

const RunSummary* RunsPanel::only() const {
    const std::vector<RunSummary> runs = chosen();
    return runs.size() == 1 ? filter_.run_at(filter_.index_of(runs.front().folder)) : nullptr;
}

std::filesystem::path RunsPanel::chosen_model() const {
    const QModelIndexList rows = view_->selectionModel()->selectedRows();
    if (rows.size() == 1)
        if (const CheckpointSummary* checkpoint = filter_.checkpoint_at(rows.front()))
            return checkpoint->path;
    const RunSummary* run = only();
    return run ? run->folder : std::filesystem::path();
}

void RunsPanel::show_menu(const QPoint& at) {
    if (chosen().empty()) return;
    auto* menu = new QMenu(view_);
    menu->setObjectName("runs_menu");
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    const auto add = [&](QToolButton* button) {
        QAction* action = menu->addAction(button->icon(), button->text());
        action->setEnabled(button->isEnabled());
        action->setToolTip(button->toolTip());
        connect(action, &QAction::triggered, button, &QToolButton::click);
    };
    add(resume_);
    add(open_);
    add(compare_);
    add(reuse_);
    QAction* export_model = menu->addAction(theme_.icon("document-export"), tr("Export model…"));
    export_model->setEnabled(open_->isEnabled());  // both need a readable checkpoint
    export_model->setToolTip(open_->isEnabled() ? tr("Opens the model and exports it for other programs.")
                                                : open_->toolTip());
    connect(export_model, &QAction::triggered, this, [this] { Q_EMIT export_wanted(chosen_model()); });
    menu->addSeparator();
    for (QToolButton* button : {rename_, delete_, show_}) add(button);
    menu->popup(view_->viewport()->mapToGlobal(at));
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

void RunsPanel::set_setup_blocked(const QString& reason) {
    setup_blocked_ = reason;
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
    QThreadPool::globalInstance()->start([panel = QPointer(this), folder = folder_] {
        std::vector<RunSummary> runs = list_runs(folder);
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
    size_columns();
    show_empty();
    watch();
    show_chosen();
    Q_EMIT listed();
}

void RunsPanel::size_columns() {
    if (sized_ || model_.runs().empty()) return;
    sized_ = true;
    for (int column = 0; column + 1 < RunsModel::column_count; ++column) {
        view_->resizeColumnToContents(column);
        view_->setColumnWidth(column, view_->columnWidth(column) + space::group);
    }
    view_->setColumnWidth(RunsModel::name, name_width);
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
    const std::vector<RunSummary> runs = chosen();
    if (runs.size() == 1)
        details_->set_run(runs.front(), model_.thumbnail(runs.front()));
    else
        details_->keep();
    if (runs.size() > 1) comparison_->set_runs(runs);
    side_->setCurrentIndex(runs.empty() ? 0 : runs.size() == 1 ? 1 : 2);
    update_buttons();
}

void RunsPanel::update_buttons() {
    const std::vector<RunSummary> runs = chosen();
    const RunSummary* run = runs.size() == 1 ? &runs.front() : nullptr;
    const QString none = runs.empty() ? tr("Select a run first.") : tr("Select a single run.");
    const auto set = [](QToolButton* button, const QStringList& reasons, const QString& tip) {
        QString reason;
        for (const QString& each : reasons)
            if (reason.isEmpty()) reason = each;
        button->setEnabled(reason.isEmpty());
        button->setToolTip(reason.isEmpty() ? tip : reason);
    };
    const QString unreadable = !run                                 ? none
                               : run->state == RunState::unreadable ? text_of(run->problem)
                                                                    : QString();
    const auto is_running = [](const RunSummary& each) { return each.state == RunState::running; };
    const QString running = run && is_running(*run) ? tr("This run is being trained.") : QString();
    const QString without =
        run && run->checkpoints.empty() ? tr("This run has no checkpoint yet.") : QString();
    set(resume_, {unreadable, running, without, resume_blocked_},
        tr("Resume: continues training from the newest checkpoint."));
    set(open_, {unreadable, without}, tr("Open: opens the model for sampling."));
    set(compare_, {obstacle_to_compare()},
        tr("Compare: samples from each of the selected runs or checkpoints, side by side."));
    set(reuse_, {unreadable, setup_blocked_},
        tr("Duplicate as new run: sets up a new run with the settings of this one."));
    set(rename_, {run ? running : none}, tr("Rename: renames the folder of the run."));
    const QString all_running =
        std::ranges::all_of(runs, is_running) ? tr("This run is being trained.") : QString();
    set(delete_, {runs.empty() ? none : all_running}, tr("Delete: moves the selected runs to the trash."));
    set(show_, {}, tr("Show folder: opens the folder in the file manager."));
}

}  // namespace denoise::ui
