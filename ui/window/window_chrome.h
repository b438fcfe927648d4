#pragma once

#include <QStringList>

class QAction;
class QMainWindow;
class QMenu;
class QToolBar;
class QToolButton;

namespace denoise::ui {

class PageTabs;
class Theme;
class TrainButton;
class WindowActions;

/// Makes the menu bar. The menu "View" contains the pages, and `panels`, which show and hide the docks.
void build_menus(QMainWindow& window, const WindowActions& actions, const PageTabs& pages,
                 const QList<QAction*>& panels);

/// What others fill in or change in the tool bar.
struct ToolBarParts {
    QMenu* datasets = nullptr;
    QMenu* presets = nullptr;
    TrainButton* train = nullptr;
    QAction* sample = nullptr;  ///< of the button; the command has its own
};

/// Makes the tool bar. `runs` shows and hides the runs; `device` stands at the right end.
ToolBarParts build_tool_bar(QMainWindow& window, const WindowActions& actions, QAction* runs,
                            QToolButton* device, const Theme& theme);

}  // namespace denoise::ui
