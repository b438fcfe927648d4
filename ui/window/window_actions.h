#pragma once

#include <QAction>
#include <QStringList>
#include <functional>
#include <vector>

#include "ui/window/action_rules.h"

class QMainWindow;

namespace denoise::ui {

class CommandPart;
class Theme;

/// Under which title the sheet of shortcuts lists a command.
enum class ActionGroup { data, training, pictures, window };
QString title_of(ActionGroup group);

/// A command of the window: how it looks, when it is allowed and what it does.
struct ActionRow {
    QString name;  ///< objectName of its QAction
    QString text;
    QString icon = {};  ///< empty: none
    QString hint;       ///< its tooltip while it is allowed
    /// Another tooltip for what it does now; empty: `hint`.
    std::function<QString(const Situation&)> hint_now = {};
    QStringList keys = {};
    ActionGroup group = ActionGroup::window;
    std::vector<Obstacle> unless = {};
    std::function<void()> does;
};

/// All commands of the window, each as a row of its part and as a QAction.
class WindowActions {
  public:
    WindowActions(QMainWindow& window, const Theme& theme);

    /// Makes an action of each row of `part`.
    void add(CommandPart& part);
    /// The action with this name, which must be there.
    QAction* operator[](const QString& name) const;
    /// In the order in which they were added.
    QList<QAction*> in_group(ActionGroup group) const;
    QList<QAction*> all() const;

    /// Why the action with this name is not allowed in `situation`; empty: it is.
    QString reason_against(const QString& name, const Situation& situation) const;
    /// Enables what is allowed now and gives the reason against the others in their tooltips.
    void update(const Situation& now);

  private:
    struct Entry {
        ActionRow row;
        QAction* action;
    };
    const Entry& entry(const QString& name) const;

    QMainWindow& window_;
    const Theme& theme_;
    std::vector<Entry> entries_;
};

}  // namespace denoise::ui
