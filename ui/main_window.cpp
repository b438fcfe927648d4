#include "ui/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileInfo>
#include <QMenu>
#include <QMimeData>
#include <QSettings>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

#include "ui/close_guard.h"
#include "ui/denoise/denoise_page.h"
#include "ui/dropped_path.h"
#include "ui/evaluation/evaluation_card.h"
#include "ui/format.h"
#include "ui/message_bar.h"
#include "ui/model/model_panel.h"
#include "ui/noise/noise_page.h"
#include "ui/page_scroll.h"
#include "ui/run_offers.h"
#include "ui/runs/log_panel.h"
#include "ui/runs/runs_panel.h"
#include "ui/setup/dataset_section.h"
#include "ui/setup/setup_panel.h"
#include "ui/status_line.h"
#include "ui/train/train_page.h"

namespace denoise::ui {
namespace {

constexpr int layout_version = 1;  // counts up when a dock or the tool bar changes its place
constexpr int setup_width = 336;
constexpr int runs_height = 172;

/// Whether a widget with the focus has a use of its own for a key that is also a shortcut without Ctrl.
bool wants_key(const QWidget* widget, int key) {
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

}  // namespace

MainWindow::MainWindow(std::unique_ptr<Engine> engine, Theme& theme, const Preferences& preferences)
    : theme_(theme),
      preferences_(preferences),
      link_(std::make_unique<EngineLink>(std::move(engine))),
      actions_(*this, theme) {
    setWindowIcon(theme.icon("denoise-lab"));
    setAcceptDrops(true);
    setContextMenuPolicy(Qt::NoContextMenu);
    close_guard_ = new CloseGuard(*link_, *this);
    tools_ = build_tool_bar(*this, actions_, theme);
    build_pages();
    build_docks();
    build_menus(*this, actions_, {setup_dock_->toggleViewAction(), runs_dock_->toggleViewAction()});
    status_ = new StatusLine(*link_, theme, this);
    statusBar()->addWidget(status_, 1);
    statusBar()->setSizeGripEnabled(false);
    offers_ = new RunOffers(*messages_, this);
    fill_tool_bar_menus();
    connect_actions();
    connect_engine();
    connect_parts();
    restore_layout();
    update_actions();
    update_title();
    update_device();

    setup_->datasets().set_recent(preferences_.recent_datasets);
    const QString last = preferences_.recent_datasets.value(0, "glyphs");
    setup_->use_dataset(last == "glyphs" || QFileInfo::exists(last) ? last : "glyphs");
    editor_.undo_stack().clear();  // the first choice is where undoing ends
}

MainWindow::~MainWindow() {
    // The pages hold references to the link, and must not hear from it while they go.
    link_->disconnect();
    editor_.disconnect();
    editor_.undo_stack().disconnect();
    delete takeCentralWidget();
}

void MainWindow::build_pages() {
    auto* centre = new QWidget(this);
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, space::control, 0, 0);
    layout->setSpacing(space::control);
    messages_ = new MessageBar(theme_, centre);
    layout->addWidget(messages_);
    tabs_ = new QTabWidget(centre);
    tabs_->setObjectName("pages");
    tabs_->setDocumentMode(true);
    tabs_->setAccessibleName(tr("Pages"));
    tabs_->tabBar()->setAccessibleName(tr("Pages"));
    tabs_->tabBar()->setDrawBase(false);
    train_page_ = new TrainPage(*link_, theme_);
    denoise_page_ = new DenoisePage(*link_, theme_);
    noise_page_ = new NoisePage(*link_, theme_);
    denoise_page_->set_export_folder(preferences_.export_folder);
    add_page(train_page_, tr("Train"));
    add_page(denoise_page_, tr("Denoise"));
    add_page(noise_page_, tr("Noise"));
    layout->addWidget(tabs_, 1);
    setCentralWidget(centre);
}

void MainWindow::add_page(Page* page, const QString& title) {
    page->setFocusPolicy(Qt::ClickFocus);
    tabs_->addTab(new PageScroll(page, tabs_), title);
}

void MainWindow::build_docks() {
    setup_ = new SetupPanel(*link_, editor_, theme_);
    setup_dock_ = new QDockWidget(tr("Setup"), this);
    setup_dock_->setObjectName("setup_dock");
    setup_dock_->setFeatures(QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetMovable);
    setup_dock_->setWidget(setup_);
    addDockWidget(Qt::LeftDockWidgetArea, setup_dock_);

    runs_ = new RunsPanel(theme_, runs_folder());
    log_ = new LogPanel;
    runs_tabs_ = new QTabWidget;
    runs_tabs_->setObjectName("runs_tabs");
    runs_tabs_->setAccessibleName(tr("Runs, model, evaluation and log"));
    runs_tabs_->tabBar()->setAccessibleName(runs_tabs_->accessibleName());
    runs_tabs_->tabBar()->setDrawBase(false);
    runs_tabs_->addTab(runs_, tr("Runs"));
    model_ = new ModelPanel(*link_, theme_);
    runs_tabs_->addTab(model_, tr("Model"));
    evaluation_ = new EvaluationCard(*link_, theme_);
    runs_tabs_->addTab(new PageScroll(evaluation_, runs_tabs_), tr("Evaluation"));
    runs_tabs_->addTab(log_, tr("Log"));
    runs_dock_ = new QDockWidget(tr("Runs and log"), this);
    runs_dock_->setObjectName("runs_dock");
    runs_dock_->setFeatures(QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetMovable);
    runs_tabs_->setCornerWidget(runs_->buttons());
    connect(runs_tabs_, &QTabWidget::currentChanged, this, [this](int index) {
        // Taken away and not just hidden: a hidden corner still keeps its room from the tabs.
        runs_tabs_->setCornerWidget(index == 0 ? runs_->buttons() : nullptr);
        runs_->buttons()->setVisible(index == 0);
    });
    // Its tabs say what it is; a title above them would say it twice.
    runs_dock_->setTitleBarWidget(new QWidget(runs_dock_));
    runs_dock_->setWidget(runs_tabs_);
    addDockWidget(Qt::BottomDockWidgetArea, runs_dock_);
    runs_dock_->hide();  // pictures need the room; the button in the tool bar shows it
    QAction* toggle = runs_dock_->toggleViewAction();
    toggle->setIcon(theme_.icon("view-list-details"));
    toggle->setToolTip(tr("Shows or hides the runs and the log (Ctrl+4 goes there)"));
    tools_.runs->setDefaultAction(toggle);
    tools_.runs->setAccessibleName(toggle->text());
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
}

void MainWindow::fill_tool_bar_menus() {
    for (const Preset& preset : presets()) {
        QAction* action = tools_.presets->addAction(text_of(preset.title));
        action->setToolTip(text_of(preset.help));
        connect(action, &QAction::triggered, this, [this, &preset] { editor_.use_preset(preset); });
    }
    tools_.presets->setToolTipsVisible(true);
    // What was used lately is looked up when the menu opens, so that it is never stale.
    connect(tools_.datasets, &QMenu::aboutToShow, this, [this] {
        for (QAction* action : tools_.datasets->actions())
            if (action->property("recent").toBool()) action->deleteLater();
        bool first = true;
        for (const QString& path : preferences_.recent_datasets) {
            if (path == "glyphs" || !QFileInfo::exists(path)) continue;
            if (first) tools_.datasets->addSeparator()->setProperty("recent", true);
            first = false;
            QAction* action = tools_.datasets->addAction(dataset_title(path));
            action->setProperty("recent", true);
            action->setToolTip(path);
            connect(action, &QAction::triggered, this, [this, path] { setup_->use_dataset(path); });
        }
    });
}

void MainWindow::restore_layout() {
    resize(1280, 800);
    const QSettings settings;
    restoreGeometry(settings.value("window/geometry").toByteArray());
    laid_out_ = restoreState(settings.value("window/state").toByteArray(), layout_version);
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    if (!laid_out_) {  // docks have no size to set before
        resizeDocks({setup_dock_}, {setup_width}, Qt::Horizontal);
        resizeDocks({runs_dock_}, {runs_height}, Qt::Vertical);
    }
    laid_out_ = true;
    if (!focusWidget()) shown_page()->setFocus();  // and not the first button, which a Space would press
}

void MainWindow::save_layout() const {
    QSettings settings;
    settings.setValue("window/geometry", saveGeometry());
    settings.setValue("window/state", saveState(layout_version));
}

bool MainWindow::event(QEvent* event) {
    // Sent to the widget with the focus first; what it leaves comes here before a shortcut is looked for.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (!(key->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) &&
            wants_key(QApplication::focusWidget(), key->key())) {
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
    const QList<QUrl> urls = event->mimeData()->urls();
    if (!urls.isEmpty() && urls.front().isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    if (urls.isEmpty() || !urls.front().isLocalFile()) return;
    event->acceptProposedAction();
    open_path(urls.front().toLocalFile());
}

void MainWindow::open_path(const QString& path) {
    switch (kind_of_path(path)) {
        case PathKind::dataset:
            setup_->use_dataset(path);
            break;
        case PathKind::picture:
            show_page(noise_page_);
            noise_page_->open_picture(path);
            break;
        case PathKind::model:
            link_->post(OpenModel{model_of_path(path).toStdString()});
            break;
    }
}

}  // namespace denoise::ui
