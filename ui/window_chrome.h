#pragma once

#include <QToolButton>
#include <vector>

#include "ui/window_actions.h"

class QMainWindow;
class QMenu;

namespace denoise::ui {

/// The tool bar's changing parts.
struct ToolBarParts {
    QToolButton* train = nullptr;  ///< shows one of Train, Pause, Continue: same place, same size
    QToolButton* runs = nullptr;   ///< shows and hides the runs
    QToolButton* device = nullptr;
    QMenu* datasets = nullptr;
    QMenu* presets = nullptr;
};

/// Makes the menu bar. `views` are added to the View menu (docks).
void build_menus(QMainWindow& window, const WindowActions& actions, const QList<QAction*>& views);

ToolBarParts build_tool_bar(QMainWindow& window, const WindowActions& actions, const Theme& theme);

/// Puts `action` on the button that Train, Pause and Continue share.
void set_train_action(const ToolBarParts& parts, QAction* action);

}  // namespace denoise::ui
