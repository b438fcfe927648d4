#include "ui/window_chrome.h"

#include <QCoreApplication>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QToolBar>
#include <algorithm>

#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("WindowChrome", text);
}

QToolButton* menu_button(const QString& text, const QIcon& icon, QMenu*& menu, QToolBar* bar) {
    auto* button = new QToolButton(bar);
    button->setText(text);
    button->setIcon(icon);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setAccessibleName(text);
    button->setFocusPolicy(Qt::TabFocus);
    menu = new QMenu(button);
    button->setMenu(menu);
    bar->addWidget(button);
    return button;
}

}  // namespace

void build_menus(QMainWindow& window, const WindowActions& a, const QList<QAction*>& views) {
    const auto add = [&](const QString& title, const QList<QAction*>& actions) {
        QMenu* menu = window.menuBar()->addMenu(title);
        menu->setToolTipsVisible(true);
        for (QAction* action : actions) {
            if (action)
                menu->addAction(action);
            else
                menu->addSeparator();
        }
        return menu;
    };
    add(tr("&File"), {a.use_glyphs, a.open_dataset, a.open_folder, nullptr, a.open_model, a.new_run,
                      a.save_checkpoint, nullptr, a.export_pictures, a.export_model, nullptr, a.quit});
    add(tr("&Edit"), {a.undo, a.redo, nullptr, a.copy_image, nullptr, a.preferences});
    add(tr("&Train"), {a.train, a.go_on, a.pause, a.stop, a.single_step, nullptr, a.log_axis, a.less_smooth,
                       a.more_smooth});
    add(tr("&Pictures"),
        {a.sample, nullptr, a.play, a.back, a.forward, a.back_ten, a.forward_ten, a.to_start, a.to_end});
    QMenu* view = add(tr("&View"), {a.tab_train, a.tab_denoise, a.tab_noise, nullptr, a.tab_runs,
                                    a.show_model, a.show_evaluation, nullptr});
    view->addActions(views);
    view->addSeparator();
    view->addAction(a.full_screen);
    add(tr("&Help"), {a.shortcuts, a.about});
}

ToolBarParts build_tool_bar(QMainWindow& window, const WindowActions& a, const Theme& theme) {
    ToolBarParts parts;
    auto* bar = new QToolBar(tr("Tools"), &window);
    bar->setObjectName("tools");
    bar->setMovable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setIconSize({18, 18});
    bar->toggleViewAction()->setVisible(false);
    window.addToolBar(bar);

    menu_button(tr("Dataset"), theme.icon("insert-image"), parts.datasets, bar)
        ->setToolTip(tr("Chooses the images to learn from"));
    parts.datasets->addActions({a.use_glyphs, a.open_dataset, a.open_folder});
    menu_button(tr("Preset"), theme.icon("denoise-unet"), parts.presets, bar)
        ->setToolTip(tr("Sets all settings to a named starting point"));
    bar->addSeparator();

    parts.train = new QToolButton(bar);
    parts.train->setObjectName("train_button");
    parts.train->setProperty("primary", true);
    parts.train->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    int width = 0;
    for (QAction* action : {a.train, a.pause, a.go_on}) {
        set_train_action(parts, action);
        parts.train->ensurePolished();
        width = std::max(width, parts.train->sizeHint().width());
    }
    parts.train->setFixedWidth(width);
    bar->addWidget(parts.train);
    bar->addActions({a.stop, a.single_step});
    bar->addSeparator();
    bar->addActions({a.sample, a.export_pictures});

    auto* spacer = new QWidget(bar);
    spacer->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(spacer);
    parts.runs = new QToolButton(bar);
    parts.runs->setObjectName("runs_button");
    parts.runs->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->addWidget(parts.runs);
    parts.device = new QToolButton(bar);
    parts.device->setObjectName("device");
    parts.device->setProperty("role", "chip");
    parts.device->setFocusPolicy(Qt::TabFocus);
    bar->addWidget(parts.device);

    for (QAction* action : bar->actions())
        if (auto* button = qobject_cast<QToolButton*>(bar->widgetForAction(action))) {
            button->setFocusPolicy(Qt::TabFocus);
            if (button->accessibleName().isEmpty()) button->setAccessibleName(button->text());
        }
    return parts;
}

void set_train_action(const ToolBarParts& parts, QAction* action) {
    if (parts.train->defaultAction() == action) return;
    for (QAction* old : parts.train->actions()) parts.train->removeAction(old);
    parts.train->setDefaultAction(action);
    parts.train->setAccessibleName(action->text());
}

}  // namespace denoise::ui
