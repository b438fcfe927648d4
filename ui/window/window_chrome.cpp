#include "ui/window/window_chrome.h"

#include <QCoreApplication>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QToolBar>
#include <QToolButton>

#include "ui/theme/theme.h"
#include "ui/window/page_tabs.h"
#include "ui/window/train_button.h"
#include "ui/window/window_actions.h"

namespace denoise::ui {
namespace {

constexpr int icon_size = 18;

QString tr(const char* text) {
    return QCoreApplication::translate("WindowChrome", text);
}

/// In a narrow window, its less important buttons have no text.
class ToolBar : public QToolBar {
  public:
    using QToolBar::QToolBar;
    void make_compact_if_narrow(QToolButton* button) { less_important_ << button; }

  protected:
    void resizeEvent(QResizeEvent* event) override {
        QToolBar::resizeEvent(event);
        const bool narrow = width() < narrow_width;
        for (QToolButton* button : less_important_)
            button->setToolButtonStyle(narrow ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
    }

  private:
    static constexpr int narrow_width = 40 * space::target;
    QList<QToolButton*> less_important_;
};

ToolBar* make_bar(QMainWindow& window) {
    auto* bar = new ToolBar(tr("Tools"), &window);
    bar->setObjectName("tools");
    bar->setMovable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setIconSize({icon_size, icon_size});
    bar->toggleViewAction()->setVisible(false);
    window.addToolBar(bar);
    return bar;
}

QMenu* add_menu_button(QToolBar& bar, const QString& text, const QString& hint, const QIcon& icon) {
    auto* button = new QToolButton(&bar);
    button->setText(text);
    button->setToolTip(hint);
    button->setIcon(icon);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setPopupMode(QToolButton::InstantPopup);
    auto* menu = new QMenu(button);
    button->setMenu(menu);
    bar.addWidget(button);
    return menu;
}

void add_spacer(QToolBar& bar) {
    auto* spacer = new QWidget(&bar);
    spacer->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar.addWidget(spacer);
}

void add_runs_button(ToolBar& bar, QAction* runs, const QAction& show_runs) {
    runs->setToolTip(tr("Shows or hides the runs and the log (%1 shows the runs)")
                         .arg(show_runs.shortcut().toString(QKeySequence::NativeText)));
    auto* button = new QToolButton(&bar);
    button->setObjectName("runs_button");
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setDefaultAction(runs);
    bar.addWidget(button);
    bar.make_compact_if_narrow(button);
}

/// Lets the keyboard reach every button, and names it for assistive technology.
void make_accessible(QToolBar& bar) {
    for (QAction* action : bar.actions()) {
        auto* button = qobject_cast<QToolButton*>(bar.widgetForAction(action));
        if (!button) continue;
        button->setFocusPolicy(Qt::TabFocus);
        if (button->accessibleName().isEmpty()) button->setAccessibleName(button->text());
    }
}

}  // namespace

void build_menus(QMainWindow& window, const WindowActions& actions, const PageTabs& pages,
                 const QList<QAction*>& panels) {
    const auto add = [&](const QString& title, const QStringList& names) {
        QMenu* menu = window.menuBar()->addMenu(title);
        menu->setToolTipsVisible(true);
        for (const QString& name : names) {
            if (name == "-")
                menu->addSeparator();
            else
                menu->addAction(actions[name]);
        }
        return menu;
    };
    add(tr("&File"),
        {"use_glyphs", "open_dataset", "open_folder", "prepare_dataset", "-", "open_model", "watch_run",
         "stop_watching", "-", "new_run", "save_checkpoint", "-", "export", "export_model", "-", "quit"});
    add(tr("&Edit"), {"undo", "redo", "-", "copy_image", "-", "preferences"});
    add(tr("&Train"), {"train", "resume", "pause", "stop", "step", "-", "add_to_queue", "show_queue", "-",
                       "log", "less_smooth", "more_smooth"});
    add(tr("&Pictures"), {"sample", "compare_with", "-", "play", "back", "forward", "back_ten", "forward_ten",
                          "to_start", "to_end"});
    QStringList shown;
    for (const PageTab& tab : pages.tabs()) shown << tab.command;
    QMenu* view =
        add(tr("&View"), shown + QStringList{"-", "tab_runs", "show_model", "show_evaluation", "-"});
    view->addActions(panels);
    view->addSeparator();
    view->addAction(actions["full_screen"]);
    add(tr("&Help"), {"show_example", "-", "shortcuts", "open_log", "-", "about"});
    actions["quit"]->setMenuRole(QAction::QuitRole);
    actions["preferences"]->setMenuRole(QAction::PreferencesRole);
}

ToolBarParts build_tool_bar(QMainWindow& window, const WindowActions& actions, QAction* runs,
                            QToolButton* device, const Theme& theme) {
    ToolBar* bar = make_bar(window);
    ToolBarParts parts;
    parts.datasets = add_menu_button(*bar, tr("Dataset"), tr("Chooses the images to train on"),
                                     theme.icon("insert-image"));
    parts.datasets->addActions({actions["use_glyphs"], actions["open_dataset"], actions["open_folder"]});
    parts.presets = add_menu_button(*bar, tr("Preset"), tr("Replaces the settings with those of a preset"),
                                    theme.icon("denoise-unet"));
    bar->addSeparator();
    parts.train = new TrainButton(actions, theme, bar);
    bar->addWidget(parts.train);
    bar->addActions({actions["add_to_queue"], actions["stop"], actions["step"]});
    for (const char* name : {"add_to_queue", "stop", "step"})
        bar->make_compact_if_narrow(qobject_cast<QToolButton*>(bar->widgetForAction(actions[name])));
    bar->addSeparator();
    bar->addAction(actions["export"]);
    auto* sample = new QToolButton(bar);
    sample->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    sample->setDefaultAction(actions["sample"]);
    parts.sample = bar->addWidget(sample);
    add_spacer(*bar);
    add_runs_button(*bar, runs, *actions["tab_runs"]);
    bar->addWidget(device);
    make_accessible(*bar);
    return parts;
}

}  // namespace denoise::ui
