#include "ui/window/front_list.h"

#include <QApplication>
#include <QItemSelectionModel>
#include <QMenu>
#include <QMenuBar>
#include <QTreeView>
#include <utility>

#include "ui/panels/runs/runs_panel.h"
#include "ui/window/page_tabs.h"
#include "ui/window/runs_dock.h"

namespace denoise::ui {

FrontList::FrontList(RunsDock& dock, PageTabs& pages, QObject* parent) : QObject(parent), dock_(dock) {
    connect(qApp, &QApplication::focusChanged, this,
            [this](const QWidget*, const QWidget* now) { follow_focus(now); });
    connect(&dock.runs(), &RunsPanel::choice_changed, this, &FrontList::changed);
    // A command may have brought a page to the front while the list kept the focus.
    connect(&dock.runs().view(), &QAbstractItemView::pressed, this, [this] { set_in_front(true); });
    connect(dock.runs().view().selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        if (dock_.runs().view().hasFocus()) set_in_front(true);
    });
    connect(&pages, &QTabWidget::currentChanged, this, [this] { set_in_front(false); });
    connect(&dock, &QDockWidget::visibilityChanged, this, [this](bool visible) {
        if (!visible) set_in_front(false);
    });
}

std::filesystem::path FrontList::model() const {
    return in_front_ ? dock_.runs().chosen_model() : std::filesystem::path();
}

void FrontList::follow_focus(const QWidget* now) {
    // Another window, or a menu from which a command for the list may be chosen.
    if (!now || qobject_cast<const QMenu*>(now) || qobject_cast<const QMenuBar*>(now)) return;
    if (now->window() == dock_.window()) set_in_front(now == &dock_.runs().view());
}

void FrontList::set_in_front(bool in_front) {
    if (std::exchange(in_front_, in_front) != in_front) Q_EMIT changed();
}

}  // namespace denoise::ui
