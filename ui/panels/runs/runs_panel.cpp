#include "ui/panels/runs/runs_panel.h"

#include <QApplication>
#include <QDesktopServices>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPointer>
#include <QStackedLayout>
#include <QThreadPool>
#include <QToolButton>
#include <QUrl>
#include <set>

#include "ui/text/format.h"

namespace denoise::ui {
namespace {

constexpr int settle_ms = 300;  // several files change at the same time

}  // namespace

RunsPanel::RunsPanel(const Theme& theme, std::filesystem::path folder, QWidget* parent)
    : QWidget(parent), theme_(theme), folder_(std::move(folder)), model_(theme) {
    build();
    refresh_timer_.setSingleShot(true);
    refresh_timer_.setInterval(settle_ms);
    connect(&refresh_timer_, &QTimer::timeout, this, &RunsPanel::refresh);
    connect(&watcher_, &QFileSystemWatcher::directoryChanged, this, &RunsPanel::refresh_soon);
    connect(&model_, &RunsModel::renamed, this, &RunsPanel::refresh_soon);
    connect(&model_, &RunsModel::failed, this, &RunsPanel::failed);
    connect(&theme_, &Theme::changed, view_->viewport(), qOverload<>(&QWidget::update));
    refresh();
}

void RunsPanel::build() {
    setProperty("role", "panel");
    setAttribute(Qt::WA_StyledBackground);
    auto* stack = new QStackedLayout(this);
    stack->setStackingMode(QStackedLayout::StackAll);
    empty_ = new QLabel(tr("The runs are listed here."), this);
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setProperty("role", "caption");
    empty_->setAttribute(Qt::WA_TransparentForMouseEvents);
    view_ = new QTreeView(this);
    view_->setObjectName("runs");
    view_->setAccessibleName(tr("Runs"));
    view_->setModel(&model_);
    view_->setUniformRowHeights(true);
    view_->setAllColumnsShowFocus(true);
    view_->setEditTriggers(QAbstractItemView::EditKeyPressed);
    view_->setSelectionMode(QAbstractItemView::SingleSelection);
    view_->header()->setStretchLastSection(true);
    view_->header()->setSectionsMovable(false);
    stack->addWidget(view_);
    stack->addWidget(empty_);
    stack->setCurrentWidget(empty_);  // the text is above the table

    buttons_ = new QWidget(this);
    auto* row = new QHBoxLayout(buttons_);
    row->setContentsMargins(space::control, 0, space::group, 0);
    row->setSpacing(space::tight);
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
    rename_ = add("edit-rename", tr("Rename"));
    delete_ = add("edit-delete", tr("Delete"));
    show_ = add("folder-open", tr("Show folder"));
    for (QToolButton* button : {rename_, delete_, show_}) button->setToolButtonStyle(Qt::ToolButtonIconOnly);

    const auto run = [this] { return model_.run_at(view_->currentIndex()); };
    connect(resume_, &QToolButton::clicked, this, [this, run] {
        if (const RunSummary* chosen = run()) Q_EMIT resume_wanted(chosen->folder);
    });
    const auto open = [this] {
        if (const std::filesystem::path path = chosen_model(); !path.empty()) Q_EMIT open_wanted(path);
    };
    connect(open_, &QToolButton::clicked, this, open);
    connect(view_, &QTreeView::doubleClicked, this, [this, open] {
        if (open_->isEnabled()) open();
    });
    view_->setExpandsOnDoubleClick(false);
    connect(rename_, &QToolButton::clicked, this, [this] {
        const QModelIndex at = view_->currentIndex();
        view_->edit((at.parent().isValid() ? at.parent() : at).siblingAtColumn(RunsModel::name));
    });
    connect(delete_, &QToolButton::clicked, this, [this, run] {
        if (const RunSummary* chosen = run()) Q_EMIT delete_wanted(*chosen);
    });
    connect(show_, &QToolButton::clicked, this, [this, run] {
        const RunSummary* chosen = run();
        QDesktopServices::openUrl(QUrl::fromLocalFile(text_of((chosen ? chosen->folder : folder_).string())));
    });
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(view_, &QTreeView::customContextMenuRequested, this, &RunsPanel::show_menu);
    connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this, &RunsPanel::update_buttons);
    update_buttons();
}

std::filesystem::path RunsPanel::chosen_model() const {
    if (const CheckpointSummary* checkpoint = model_.checkpoint_at(view_->currentIndex()))
        return checkpoint->path;
    const RunSummary* run = model_.run_at(view_->currentIndex());
    return run ? run->folder : std::filesystem::path();
}

void RunsPanel::show_menu(const QPoint& at) {
    if (!model_.run_at(view_->currentIndex())) return;
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
    QAction* export_model = menu->addAction(theme_.icon("document-export"), tr("Export model…"));
    export_model->setEnabled(open_->isEnabled());  // both need a readable checkpoint
    export_model->setToolTip(open_->isEnabled() ? tr("Opens the model and exports it for other programs.")
                                                : open_->toolTip());
    connect(export_model, &QAction::triggered, this, [this] { Q_EMIT export_wanted(chosen_model()); });
    menu->addSeparator();
    for (QToolButton* button : {rename_, delete_, show_}) add(button);
    menu->popup(view_->viewport()->mapToGlobal(at));
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
            if (folder == panel->folder_) panel->take(std::move(runs));
            if (panel->read_again_ || folder != panel->folder_) {
                panel->read_again_ = false;
                panel->refresh();
            }
        });
    });
}

void RunsPanel::take(std::vector<RunSummary> runs) {
    // Expanded rows and the selection survive the reset of the model.
    std::set<std::filesystem::path> open;
    for (int i = 0; i < model_.rowCount(); ++i)
        if (view_->isExpanded(model_.index(i, 0)))
            open.insert(model_.runs()[static_cast<std::size_t>(i)].folder);
    const RunSummary* chosen = model_.run_at(view_->currentIndex());
    const std::filesystem::path kept = chosen ? chosen->folder : std::filesystem::path();
    const bool first = model_.runs().empty();
    model_.set_runs(std::move(runs));
    for (int i = 0; i < model_.rowCount(); ++i) {
        const std::filesystem::path& folder = model_.runs()[static_cast<std::size_t>(i)].folder;
        if (open.contains(folder)) view_->expand(model_.index(i, 0));
        if (folder == kept) view_->setCurrentIndex(model_.index(i, 0));
    }
    if (first)
        for (int column = 0; column + 1 < RunsModel::column_count; ++column) {
            view_->resizeColumnToContents(column);
            view_->setColumnWidth(column, view_->columnWidth(column) + space::group);
        }
    empty_->setVisible(model_.rowCount() == 0);
    watch();
    update_buttons();
    Q_EMIT listed();
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

void RunsPanel::update_buttons() {
    const RunSummary* run = model_.run_at(view_->currentIndex());
    const QString none = tr("Select a run first.");
    const auto set = [](QToolButton* button, const QString& reason, const QString& tip) {
        button->setEnabled(reason.isEmpty());
        button->setToolTip(reason.isEmpty() ? tip : reason);
    };
    const QString unreadable = !run                                 ? none
                               : run->state == RunState::unreadable ? text_of(run->problem)
                                                                    : QString();
    const QString running =
        run && run->state == RunState::running ? tr("This run is being trained.") : QString();
    const QString without =
        run && run->checkpoints.empty() ? tr("This run has no checkpoint yet.") : QString();
    QString resume = unreadable;
    for (const QString& reason : {running, without, resume_blocked_})
        if (resume.isEmpty()) resume = reason;
    set(resume_, resume, tr("Continues training from the newest checkpoint."));
    set(open_, !unreadable.isEmpty() ? unreadable : without, tr("Opens the model for sampling."));
    set(rename_, !run ? none : running, tr("Rename: renames the folder of the run."));
    set(delete_, !run ? none : running, tr("Delete: moves the run to the trash."));
    set(show_, {}, tr("Show folder: opens the folder in the file manager."));
}

}  // namespace denoise::ui
