#include "ui/window/runs_dock.h"

#include <QAction>
#include <QApplication>
#include <QMainWindow>
#include <QTabBar>
#include <QTabWidget>
#include <QTreeView>

#include "ui/link/training_queue.h"
#include "ui/pages/page_scroll.h"
#include "ui/panels/evaluation/evaluation_card.h"
#include "ui/panels/model/model_panel.h"
#include "ui/panels/queue/queue_panel.h"
#include "ui/panels/runs/log_panel.h"
#include "ui/panels/runs/runs_panel.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int queue_height = 240;
constexpr int model_height = 280;
constexpr int evaluation_height = 340;
constexpr int comparison_height = 360;

}  // namespace

RunsDock::RunsDock(QMainWindow& window, EngineLink& link, TrainingQueue& queue, const Theme& theme,
                   const std::filesystem::path& runs_folder)
    : window_(window),
      tabs_(new QTabWidget),
      runs_(new RunsPanel(link, theme, runs_folder)),
      queue_(new QueuePanel(queue, theme)),
      model_(new ModelPanel(link, theme)),
      evaluation_(new EvaluationCard(link, theme)),
      evaluation_tab_(new PageScroll(evaluation_, tabs_)),
      log_(new LogPanel) {
    setWindowTitle(tr("Runs and log"));
    setObjectName("runs_dock");
    setFeatures(QDockWidget::DockWidgetClosable | QDockWidget::DockWidgetMovable);
    add_tabs();
    setTitleBarWidget(new QWidget(this));  // the tabs name the contents already
    setWidget(tabs_);
    toggleViewAction()->setIcon(theme.icon("view-list-details"));
    connect(tabs_, &QTabWidget::currentChanged, this, &RunsDock::show_buttons);
    connect(tabs_, &QTabWidget::currentChanged, this, &RunsDock::make_room);
    // The chart and the table of a comparison are one below the other. Once, as for the tabs.
    connect(
        runs_, &RunsPanel::several_selected, this, [this] { make_room_for(comparison_height); },
        Qt::SingleShotConnection);
    connect(&queue, &TrainingQueue::changed, this, [this, &queue] { count_queue(queue); });
    count_queue(queue);
}

void RunsDock::add_tabs() {
    tabs_->setObjectName("runs_tabs");
    tabs_->setAccessibleName(tr("Runs, queue, model, evaluation and log"));
    tabs_->tabBar()->setAccessibleName(tabs_->accessibleName());
    tabs_->tabBar()->setDrawBase(false);
    tabs_->addTab(runs_, tr("Runs"));
    tabs_->addTab(queue_, tr("Queue"));
    tabs_->addTab(model_, tr("Model"));
    tabs_->addTab(evaluation_tab_, tr("Evaluation"));
    tabs_->addTab(log_, tr("Log"));
    tabs_->setCornerWidget(runs_->buttons());
}

void RunsDock::show_runs() {
    show_tab(runs_, runs_->findChild<QWidget*>("runs"));
}

void RunsDock::show_queue() {
    show_tab(queue_, queue_->view());
}

void RunsDock::show_model() {
    show_tab(model_, model_);
}

void RunsDock::show_evaluation() {
    show_tab(evaluation_tab_, evaluation_tab_);
}

void RunsDock::show_tab(QWidget* tab, QWidget* to_focus) {
    show();
    tabs_->setCurrentWidget(tab);
    to_focus->setFocus();
}

void RunsDock::setVisible(bool visible) {
    // Otherwise the next widget would get the focus, which is far away.
    if (!visible && isVisible() && isAncestorOf(QApplication::focusWidget())) Q_EMIT focus_released();
    QDockWidget::setVisible(visible);
}

QWidget* RunsDock::buttons_of(const QWidget* tab) const {
    return tab == runs_ ? runs_->buttons() : tab == queue_ ? queue_->buttons() : nullptr;
}

void RunsDock::show_buttons() {
    // Removed and not just hidden: a hidden corner widget still takes room from the tabs.
    QWidget* shown = buttons_of(tabs_->currentWidget());
    tabs_->setCornerWidget(shown);
    for (const QWidget* tab : {static_cast<QWidget*>(runs_), static_cast<QWidget*>(queue_)})
        buttons_of(tab)->setVisible(buttons_of(tab) == shown);
}

void RunsDock::count_queue(const TrainingQueue& queue) {
    const int runs = forecast_of(queue.queue()).runs;
    tabs_->setTabText(tabs_->indexOf(queue_), runs == 0 ? tr("Queue") : tr("Queue (%1)").arg(runs));
}

void RunsDock::make_room() {
    QWidget* tab = tabs_->currentWidget();
    const int least = tab == queue_            ? queue_height
                      : tab == model_          ? model_height
                      : tab == evaluation_tab_ ? evaluation_height
                                               : 0;
    // Once for each tab, so that a height that the user has set is kept.
    constexpr const char* done = "had_room";
    if (least == 0 || tab->property(done).toBool()) return;
    tab->setProperty(done, true);
    make_room_for(least);
}

void RunsDock::make_room_for(int least) {
    if (height() < least) window_.resizeDocks({this}, {least}, Qt::Vertical);
}

}  // namespace denoise::ui
