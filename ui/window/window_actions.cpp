#include "ui/window/window_actions.h"

#include <QCoreApplication>
#include <QMainWindow>
#include <algorithm>
#include <stdexcept>

#include "ui/theme/theme.h"
#include "ui/window/command_part.h"

namespace denoise::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("WindowActions", text);
}

QList<QKeySequence> sequences_of(const QStringList& keys) {
    QList<QKeySequence> sequences;
    for (const QString& key : keys) sequences << QKeySequence(key);
    return sequences;
}

/// What an action does, and its shortcut.
QString hint_of(const ActionRow& row, const QAction& action, const Situation& now) {
    const QString keys = action.shortcut().toString(QKeySequence::NativeText);
    QString hint = row.hint_now ? row.hint_now(now) : QString();
    if (hint.isEmpty()) hint = row.hint;
    return keys.isEmpty() ? hint : QStringLiteral("%1 (%2)").arg(hint, keys);
}

}  // namespace

QString title_of(ActionGroup group) {
    switch (group) {
        case ActionGroup::data:
            return tr("Data and runs");
        case ActionGroup::training:
            return tr("Training");
        case ActionGroup::pictures:
            return tr("Pictures");
        case ActionGroup::window:
            return tr("Window");
    }
    return {};
}

WindowActions::WindowActions(QMainWindow& window, const Theme& theme) : window_(window), theme_(theme) {}

void WindowActions::add(CommandPart& part) {
    for (ActionRow& row : part.rows()) {
        auto* action = new QAction(row.text, &window_);
        action->setObjectName(row.name);
        if (!row.icon.isEmpty()) action->setIcon(theme_.icon(row.icon));
        action->setShortcuts(sequences_of(row.keys));
        QObject::connect(action, &QAction::triggered, &part, row.does);
        window_.addAction(action);
        entries_.push_back({std::move(row), action});
    }
}

QAction* WindowActions::operator[](const QString& name) const {
    return entry(name).action;
}

QList<QAction*> WindowActions::in_group(ActionGroup group) const {
    QList<QAction*> found;
    for (const Entry& each : entries_)
        if (each.row.group == group) found << each.action;
    return found;
}

QList<QAction*> WindowActions::all() const {
    QList<QAction*> found;
    for (const Entry& each : entries_) found << each.action;
    return found;
}

QString WindowActions::reason_against(const QString& name, const Situation& situation) const {
    return ui::reason_against(entry(name).row.unless, situation);
}

void WindowActions::update(const Situation& now) {
    for (const auto& [row, action] : entries_) {
        const QString reason = ui::reason_against(row.unless, now);
        action->setEnabled(reason.isEmpty());
        action->setToolTip(reason.isEmpty() ? hint_of(row, *action, now) : reason);
    }
}

const WindowActions::Entry& WindowActions::entry(const QString& name) const {
    const auto found = std::ranges::find(entries_, name, [](const Entry& each) { return each.row.name; });
    if (found == entries_.end()) throw std::out_of_range("no action is called " + name.toStdString());
    return *found;
}

}  // namespace denoise::ui
