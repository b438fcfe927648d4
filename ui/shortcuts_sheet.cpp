#include "ui/shortcuts_sheet.h"

#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/theme/theme.h"

namespace denoise::ui {

ShortcutsSheet::ShortcutsSheet(const Theme& theme, const QList<WindowActions::Group>& groups, QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(tr("Keyboard shortcuts"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::page, space::page, space::page, space::group);
    layout->setSpacing(space::group);
    auto* title = new QLabel(tr("Keyboard shortcuts"), this);
    title->setFont(theme.page_title());
    layout->addWidget(title);
    auto* columns = new QGridLayout;
    columns->setHorizontalSpacing(2 * space::page);
    columns->setVerticalSpacing(space::page);
    layout->addLayout(columns);
    int index = 0;
    for (const WindowActions::Group& group : groups) {
        auto* grid = new QGridLayout;
        grid->setHorizontalSpacing(space::group);
        grid->setVerticalSpacing(space::tight);
        auto* heading = new QLabel(group.title, this);
        heading->setFont(theme.group_title());
        grid->addWidget(heading, 0, 0, 1, 2);
        int row = 1;
        for (const QAction* action : group.actions) {
            QStringList keys;
            for (const QKeySequence& key : action->shortcuts())
                keys << key.toString(QKeySequence::NativeText);
            if (keys.isEmpty()) continue;
            auto* key = new QLabel(keys.join(QStringLiteral("  ")), this);
            key->setProperty("role", "caption");
            grid->addWidget(key, row, 0);
            grid->addWidget(new QLabel(action->text().remove(QChar(u'…')), this), row++, 1);
        }
        grid->setColumnMinimumWidth(0, fontMetrics().horizontalAdvance("Ctrl+Shift+MM"));
        grid->setColumnStretch(1, 1);
        grid->setRowStretch(row, 1);
        columns->addLayout(grid, index / 2, index % 2);
        ++index;
    }
    auto* buttons = new QDialogButtonBox(this);
    QPushButton* close = buttons->addButton(tr("Close"), QDialogButtonBox::RejectRole);
    close->setAccessibleName(tr("Close"));
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
}

}  // namespace denoise::ui
