#pragma once

#include <QStringList>

class QAction;
class QMainWindow;
class QMenu;
class QToolBar;
class QToolButton;

namespace denoise::ui {

class Theme;
class TrainButton;
class WindowActions;

/// Makes the menu bar. `panels` show and hide the docks and are added to the menu "View".
void build_menus(QMainWindow& window, const WindowActions& actions, const QList<QAction*>& panels);

/// What others fill in or change in the tool bar.
struct ToolBarParts {
    QMenu* datasets = nullptr;
    QMenu* presets = nullptr;
    TrainButton* train = nullptr;
};

/// Makes the tool bar. `runs` shows and hides the runs; `device` stands at the right end.
ToolBarParts build_tool_bar(QMainWindow& window, const WindowActions& actions, QAction* runs,
                            QToolButton* device, const Theme& theme);

}  // namespace denoise::ui
