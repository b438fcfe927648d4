#include "ui/window/shortcuts_sheet.h"

#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

QString keys_of(const QAction& action) {
    QStringList keys;
    for (const QKeySequence& key : action.shortcuts()) keys << key.toString(QKeySequence::NativeText);
    return keys.join(QStringLiteral("  "));
}

}  // namespace

ShortcutsSheet::ShortcutsSheet(const Theme& theme, const WindowActions& actions, QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(tr("Keyboard shortcuts"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::page, space::page, space::page, space::group);
    layout->setSpacing(space::group);
    auto* title = new QLabel(tr("Keyboard shortcuts"), this);
    title->setFont(theme.page_title());
    layout->addWidget(title);

    auto* groups = new QGridLayout;
    groups->setHorizontalSpacing(2 * space::page);
    groups->setVerticalSpacing(space::page);
    layout->addLayout(groups);
    groups->addLayout(make_group(ActionGroup::data, theme, actions), 0, 0);
    groups->addLayout(make_group(ActionGroup::training, theme, actions), 0, 1);
    groups->addLayout(make_group(ActionGroup::pictures, theme, actions), 1, 0);
    groups->addLayout(make_group(ActionGroup::window, theme, actions), 1, 1);

    auto* buttons = new QDialogButtonBox(this);
    QPushButton* close = buttons->addButton(tr("Close"), QDialogButtonBox::RejectRole);
    close->setAccessibleName(tr("Close"));
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
}

QGridLayout* ShortcutsSheet::make_group(ActionGroup group, const Theme& theme, const WindowActions& actions) {
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(space::group);
    grid->setVerticalSpacing(space::tight);
    auto* heading = new QLabel(title_of(group), this);
    heading->setFont(theme.group_title());
    grid->addWidget(heading, 0, 0, 1, 2);
    int row = 1;
    for (const QAction* action : actions.in_group(group)) {
        if (action->shortcuts().isEmpty()) continue;
        auto* keys = new QLabel(keys_of(*action), this);
        keys->setProperty("role", "caption");
        grid->addWidget(keys, row, 0);
        grid->addWidget(new QLabel(action->text().remove(QChar(u'…')), this), row++, 1);
    }
    grid->setColumnMinimumWidth(0, fontMetrics().horizontalAdvance("Ctrl+Shift+MM"));
    grid->setColumnStretch(1, 1);
    grid->setRowStretch(row, 1);
    return grid;
}

}  // namespace denoise::ui
