#include "ui/window/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QMenuBar>
#include <QMimeData>
#include <QScreen>
#include <QSettings>
#include <QStatusBar>
#include <QVBoxLayout>

#include "ui/link/training_queue.h"
#include "ui/pages/compare/compare_page.h"
#include "ui/pages/denoise/denoise_page.h"
#include "ui/pages/noise/noise_page.h"
#include "ui/pages/train/train_page.h"
#include "ui/panels/runs/runs_panel.h"
#include "ui/panels/setup/dataset_section.h"
#include "ui/panels/setup/known_sets.h"
#include "ui/panels/setup/settings_form.h"
#include "ui/panels/setup/setup_panel.h"
#include "ui/paths/dropped_path.h"
#include "ui/theme/theme.h"
#include "ui/widgets/user_message.h"
#include "ui/window/close_guard.h"
#include "ui/window/command_part.h"
#include "ui/window/dataset_finder.h"
#include "ui/window/device_button.h"
#include "ui/window/drop_highlight.h"
#include "ui/window/event_log.h"
#include "ui/window/example_commands.h"
#include "ui/window/front_list.h"
#include "ui/window/log_commands.h"
#include "ui/window/message_bar.h"
#include "ui/window/model_commands.h"
#include "ui/window/page_commands.h"
#include "ui/window/page_tabs.h"
#include "ui/window/queue_commands.h"
#include "ui/window/recent_models.h"
#include "ui/window/run_commands.h"
#include "ui/window/runs_dock.h"
#include "ui/window/setup_commands.h"
#include "ui/window/status_line.h"
#include "ui/window/train_button.h"
#include "ui/window/training_commands.h"
#include "ui/window/watch_commands.h"
#include "ui/window/window_chrome.h"
#include "ui/window/window_commands.h"

namespace denoise::ui {
namespace {

constexpr int layout_version = 1;  // increases when a dock or the tool bar moves
constexpr int setup_width = 336;
constexpr int runs_height = 172;

/// Whether the widget with the focus uses `key` itself, although it is also a shortcut.
bool uses_key(const QWidget* widget, int key) {
    if (!widget) return false;
    const bool is_view = widget->inherits("QAbstractItemView"), is_combo = widget->inherits("QComboBox");
    switch (key) {
        case Qt::Key_Space:
            return is_view || is_combo || widget->inherits("QAbstractButton");
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Home:
        case Qt::Key_End:
            return is_view || is_combo || widget->inherits("QAbstractSlider") || widget->inherits("QTabBar");
        default:
            return is_view && widget->inherits("QTreeView") && key >= Qt::Key_A && key <= Qt::Key_Z;
    }
}

/// The first of the dropped files; empty if it is not on this machine.
QString local_file_of(const QMimeData& data) {
    const QList<QUrl> urls = data.urls();
    return urls.isEmpty() ? QString() : urls.front().toLocalFile();
}

}  // namespace

MainWindow::MainWindow(std::unique_ptr<Engine> engine, Theme& theme, const Preferences& preferences)
    : theme_(theme),
      preferences_(preferences),
      link_(std::make_unique<EngineLink>(std::move(engine))),
      jobs_(*link_),
      queue_(std::make_unique<TrainingQueue>(
          *link_, default_queue_file(), [this](Command command) { return jobs_.post(std::move(command)); })),
      actions_(*this, theme),
      pages_(new PageTabs(*link_, theme)),
      messages_(new MessageBar(theme)),
      setup_(new SetupPanel(*link_, editor_, theme)),
      setup_dock_(new QDockWidget(tr("Setup"))),
      drop_highlight_(new DropHighlight(theme, *this)),
      runs_dock_(new RunsDock(*this, *link_, *queue_, theme, preferences_.runs_folder())),
      status_(new StatusLine(*link_, theme)),
      close_guard_(new CloseGuard(*link_, *this)) {
    setWindowIcon(theme.icon("denoise-lab"));
    setAcceptDrops(true);
    setContextMenuPolicy(Qt::NoContextMenu);

    auto& setup_commands = add_part<SetupCommands>(*link_, editor_, *setup_dock_, *setup_, preferences_);
    auto& model_commands = add_part<ModelCommands>(*link_, jobs_, preferences_, *pages_, *this);
    add_part<TrainingCommands>(*link_, jobs_, editor_, setup_->run_settings(), preferences_, *pages_,
                               setup_->datasets(), runs_dock_->evaluation());
    auto* list = new FrontList(*runs_dock_, *pages_, this);
    auto& page_commands = add_part<PageCommands>(*pages_, *list, *messages_);
    auto& run_commands = add_part<RunCommands>(*link_, jobs_, *runs_dock_, *pages_, *messages_);
    auto& watch_commands = add_part<WatchCommands>(*link_, *runs_dock_, *pages_, theme);
    jobs_.set_known_datasets([this] { return preferences_.get().recent_datasets; });
    new DatasetFinder(*link_, jobs_, *messages_, *this);
    auto& queue_commands = add_part<QueueCommands>(*link_, *queue_, editor_, setup_->run_settings(),
                                                   preferences_, *runs_dock_, *messages_, *close_guard_);
    add_part<WindowCommands>(*this, actions_, *close_guard_, theme, preferences_);
    log_ = &add_part<LogCommands>(*messages_, theme, *this);
    example_ = &add_part<ExampleCommands>(*link_, *pages_, preferences_);
    connect(&model_commands, &ModelCommands::path_chosen, this, &MainWindow::open_path);
    connect(&run_commands, &RunCommands::open_wanted, &model_commands, &ModelCommands::open);
    connect(&run_commands, &RunCommands::settings_wanted, &setup_commands,
            qOverload<const RunConfig&>(&SetupCommands::set_up_with));
    connect(&watch_commands, &WatchCommands::open_wanted, &model_commands, &ModelCommands::open);
    connect(&watch_commands, &WatchCommands::resume_wanted, &run_commands, &RunCommands::resume);
    connect(&runs_dock_->runs(), &RunsPanel::export_wanted, &model_commands, &ModelCommands::export_model_at);
    connect(&page_commands, &PageCommands::export_wanted, &model_commands, &ModelCommands::export_model_at);
    connect(&page_commands, &PageCommands::sample_wanted, this,
            [this, &model_commands](const std::filesystem::path& model) {
                pages_->show_page(pages_->denoise());
                pages_->denoise().setFocus();  // what is exported next are the samples
                // A run that is open for training stays open.
                if (obstacle::run_open(situation()).isEmpty())
                    model_commands.with_open(model, [this] { pages_->denoise().sample(); });
                else
                    pages_->denoise().sample_from(model);
            });

    connect(&setup_commands, &SetupCommands::notice, messages_, &MessageBar::show_notice);
    connect(&pages_->train(), &TrainPage::fix_wanted, &setup_commands, &SetupCommands::apply_fix);
    connect(&pages_->noise(), &NoisePage::schedule_wanted, &setup_commands, &SetupCommands::use_schedule);
    connect(&setup_->form(), &SettingsForm::drawing_wanted, this, &MainWindow::draw_schedule);

    connect(&queue_commands, &QueueCommands::open_wanted, &model_commands, &ModelCommands::open);
    if (queue_commands.offer_to_continue()) run_commands.make_no_offer();  // about the run that was cut off

    lay_out(setup_commands);
    restore_layout();
    connect_parts();
    apply_preferences();
    update_actions();
    update_title();
    setup_commands.load_last_dataset();
}

MainWindow::~MainWindow() {
    // The parts and the pages refer to members of the window, which are destroyed before its child widgets.
    link_->disconnect();
    editor_.disconnect();
    editor_.undo_stack().disconnect();
    parts_.clear();
    delete takeCentralWidget();
}

template <class Part, class... Arguments>
Part& MainWindow::add_part(Arguments&&... arguments) {
    auto part = std::make_unique<Part>(std::forward<Arguments>(arguments)...);
    Part& added = *part;
    actions_.add(added);
    parts_.push_back(std::move(part));
    return added;
}

void MainWindow::lay_out(SetupCommands& setup_commands) {
    auto* device = new DeviceButton(editor_, preferences_, *link_);
    connect(device, &QToolButton::clicked, actions_["preferences"], &QAction::trigger);
    const ToolBarParts tools =
        build_tool_bar(*this, actions_, runs_dock_->toggleViewAction(), device, theme_);
    train_button_ = tools.train;
    setup_commands.fill_preset_menu(*tools.presets);
    setup_commands.add_recent_datasets_to(*tools.datasets);

    auto* centre = new QWidget(this);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, space::control, 0, 0);
    column->addWidget(pages_, 1);
    setCentralWidget(centre);
    messages_->float_over(*pages_, [this] { return pages_->controls_bottom(); });
    connect(pages_, &QTabWidget::currentChanged, messages_, &MessageBar::place);
    // A page that samples has a button for it, beside its settings.
    const auto show_sample = [this, sample = tools.sample] {
        sample->setVisible(!pages_->current().has_sample_button());
    };
    connect(pages_, &QTabWidget::currentChanged, this, show_sample);
    show_sample();

    setup_dock_->setObjectName("setup_dock");
    setup_dock_->setFeatures(QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetMovable);
    setup_dock_->setWidget(setup_);
    addDockWidget(Qt::LeftDockWidgetArea, setup_dock_);
    addDockWidget(Qt::BottomDockWidgetArea, runs_dock_);
    runs_dock_->hide();  // leaves more room for pictures
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);

    build_menus(*this, actions_, *pages_, {setup_dock_->toggleViewAction(), runs_dock_->toggleViewAction()});
    auto* recent = new RecentModels(*link_, theme_, this);
    menuBar()->actions().front()->menu()->insertMenu(actions_["new_run"], recent);
    connect(recent, &RecentModels::chosen, this, &MainWindow::open_path);
    statusBar()->addWidget(status_, 1);
    statusBar()->setSizeGripEnabled(false);
}

void MainWindow::connect_parts() {
    for (const auto& part : parts_)
        connect(part.get(), &CommandPart::situation_changed, this, &MainWindow::update_actions);
    connect(messages_, &MessageBar::shows_error_changed, this, &MainWindow::update_actions);
    connect(&preferences_, &PreferenceStore::changed, this, &MainWindow::apply_preferences);
    connect(link_.get(), &EngineLink::run_opened, this, &MainWindow::update_title);
    connect(link_.get(), &EngineLink::model_renamed, this, &MainWindow::update_title);
    auto* log = new EventLog(*link_, runs_dock_->log(), *messages_, this);
    connect(pages_, &PageTabs::message, log, &EventLog::report);
    connect(runs_dock_, &RunsDock::focus_released, this, [this] { pages_->current().setFocus(); });
    connect(setup_, &SetupPanel::refused, messages_, &MessageBar::show_notice);
    connect(setup_, &SetupPanel::problem_over, messages_, qOverload<const Error&>(&MessageBar::withdraw));
}

void MainWindow::apply_preferences() {
    setup_->datasets().known_sets().set_preferences(preferences_.get().downloads);
    runs_dock_->runs().set_folder(preferences_.runs_folder());
    for (const PageTab& tab : pages_->tabs()) tab.page->set_export_folder(preferences_.get().export_folder);
    pages_->compare().set_runs_folder(preferences_.runs_folder());
}

Situation MainWindow::situation() const {
    Situation now;
    for (const auto& part : parts_) part->describe(now);
    now.error_is_shown = messages_->shows_error();
    return now;
}

void MainWindow::update_actions() {
    const Situation now = situation();
    if (now == shown_) return;
    shown_ = now;
    train_button_->show_situation(now);
    actions_.update(now);
    for (const auto& part : parts_) part->update(now);
    status_->show_situation(now);
}

void MainWindow::update_title() {
    const bool has_name = link_->run() && !link_->model_path().empty();
    setWindowTitle(has_name ? tr("%1 – Denoise Lab").arg(model_name(link_->model_path()))
                            : tr("Denoise Lab"));
}

void MainWindow::open_path(const QString& path) {
    if (const auto recipe = recipe_here(path)) return sample_as_in(path, *recipe);
    switch (kind_of_path(path)) {
        case PathKind::dataset:
            setup_->use_dataset(path);
            break;
        case PathKind::picture:
            pages_->show_page(pages_->noise());
            pages_->noise().open_picture(path);
            break;
        case PathKind::model:
            jobs_.post(OpenModel{model_of_path(path).toStdString()});
            break;
    }
}

std::optional<SampleRecipe> MainWindow::recipe_here(const QString& path) const {
    const bool noises = &pages_->current() == &pages_->noise();
    if (noises || kind_of_path(path) != PathKind::picture) return std::nullopt;
    return recipe_in(path);
}

void MainWindow::sample_as_in(const QString& picture, const SampleRecipe& recipe) {
    pages_->show_page(pages_->denoise());
    pages_->denoise().sample_again(recipe.request);
    const QString file = QFileInfo(picture).fileName();
    QString text = tr("The settings of %1 are shown.").arg(file);
    if (const auto& run = link_->run(); run && run->step != recipe.model_step)
        text += tr(" It was sampled at training step %L1, and the open model is at step %L2, so the images "
                   "differ.")
                    .arg(recipe.model_step)
                    .arg(run->step);
    if (recipe.is_branch) text += tr(" It is of a branch, which is not sampled again.");
    send_message(*this, text);
}

void MainWindow::draw_schedule() {
    pages_->show_page(pages_->noise());
    pages_->noise().draw(editor_.config().schedule);
}

void MainWindow::offer_crash_notes(const std::vector<CrashNote>& notes) {
    log_->offer(notes);
}

void MainWindow::welcome() {
    example_->welcome();
}

void MainWindow::restore_layout() {
    // The frame of the window and the panels of the desktop need room, too.
    resize(QSize(1280, 800).boundedTo(screen()->availableGeometry().size() - QSize(8, 40)));
    const QSettings settings;
    restoreGeometry(settings.value("window/geometry").toByteArray());
    laid_out_ = restoreState(settings.value("window/state").toByteArray(), layout_version);
}

void MainWindow::save_layout() const {
    QSettings settings;
    settings.setValue("window/geometry", saveGeometry());
    settings.setValue("window/state", saveState(layout_version));
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    if (!laid_out_) {  // docks have no size before the window is visible
        resizeDocks({setup_dock_}, {setup_width}, Qt::Horizontal);
        resizeDocks({runs_dock_}, {runs_height}, Qt::Vertical);
    }
    laid_out_ = true;
    // Otherwise the first button would have the focus, and Space would press it.
    if (!focusWidget()) pages_->current().setFocus();
}

bool MainWindow::event(QEvent* event) {
    if (event->type() == UserMessage::event_type()) {
        show_message(*messages_, *static_cast<const UserMessage*>(event));
        event->accept();
        return true;
    }
    // The widget with the focus gets this event first. If it ignores the event, the window receives it before
    // Qt looks for a shortcut.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool is_plain = !(key->modifiers() & (Qt::ControlModifier | Qt::AltModifier));
        if (is_plain && uses_key(QApplication::focusWidget(), key->key())) {
            event->accept();
            return true;
        }
    }
    return QMainWindow::event(event);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (!close_guard_->may_close()) return event->ignore();
    save_layout();
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    // Something dragged out of this window is for other programs.
    const QString path = local_file_of(*event->mimeData());
    if (event->source() || path.isEmpty()) return;
    event->acceptProposedAction();
    const PathKind kind = kind_of_path(path);
    const bool over_setup =
        kind == PathKind::dataset && setup_dock_->isVisible() && !setup_dock_->isFloating();
    drop_highlight_->show_over(over_setup ? *static_cast<QWidget*>(setup_dock_) : *centralWidget(), kind,
                               recipe_here(path).has_value());
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) {
    drop_highlight_->hide();
}

void MainWindow::dropEvent(QDropEvent* event) {
    drop_highlight_->hide();
    const QString path = local_file_of(*event->mimeData());
    if (path.isEmpty()) return;
    event->acceptProposedAction();
    open_path(path);
}

}  // namespace denoise::ui
