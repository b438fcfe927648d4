#include "ui/theme/style_sheet.h"

#include <QStyle>
#include <QWidget>
#include <utility>
#include <vector>

#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

// Qt compares every widget with every rule, and a property costs more than a class: rules for a property name
// the classes that have it.
constexpr const char* source = R"(
QMainWindow, QDialog { background: @window; }
QWidget { outline: none; }
QToolTip { background: @panel; color: @text; border: 1px solid @line; padding: 4px; }

QMenuBar { background: @panel; padding: 2px 8px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: @hover; }
QMenu { background: @panel; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 8px; border-radius: 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: @selected; color: @text; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @line; margin: 4px 8px; }

QToolBar { background: @panel; border: none; border-bottom: 1px solid @line; padding: 4px 8px; spacing: 4px; }
QToolBar::separator { background: @line; width: 1px; margin: 6px 8px; }

QToolButton, QPushButton { border: 1px solid transparent; border-radius: 6px; padding: 3px 10px;
    min-height: 20px; background: transparent; color: @text; }
QPushButton { border-color: @line; background: @panel; }
QToolButton[narrow="true"] { padding: 3px 4px; }
QToolButton:hover, QPushButton:hover { background: @hover; }
QToolButton:pressed, QPushButton:pressed, QToolButton:checked, QPushButton:checked { background: @selected; }
QToolButton:focus, QPushButton:focus { border-color: @accent; }
QToolButton:disabled, QPushButton:disabled { color: @faint; }
QToolButton[popupMode="2"]::menu-indicator { image: none; }
QToolButton::menu-indicator { image: none; }
QToolButton[primary="true"], QPushButton[primary="true"] { background: @accent; color: @accent_text;
    font-weight: 600; border-color: transparent; }
QToolButton[primary="true"]:hover, QPushButton[primary="true"]:hover { background: @accent_hover; }
QToolButton[primary="true"]:pressed, QPushButton[primary="true"]:pressed { background: @accent_pressed; }
QToolButton[primary="true"]:focus, QPushButton[primary="true"]:focus { border-color: @text; }
QToolButton[primary="true"]:disabled, QPushButton[primary="true"]:disabled { background: @line;
    color: @muted; }
QLineEdit#runs_search { padding: 0 7px; min-height: 0; }
QToolButton#export_chart { padding: 1px; min-height: 0; border-radius: 4px; }
QToolButton[role="chip"] { border: 1px solid @line; border-radius: 14px; padding: 3px 12px; color: @muted; }

QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit { background: @panel; color: @text; border: 1px solid @line;
    border-radius: 5px; padding: 3px 7px; min-height: 20px; selection-background-color: @accent;
    selection-color: @accent_text; }
QAbstractSpinBox QLineEdit { border: none; padding: 0; background: transparent; min-height: 0; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus { border-color: @accent; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { color: @faint; background: @window; }
QLineEdit[invalid="true"], QAbstractSpinBox[invalid="true"], QComboBox[invalid="true"] { border-color: @bad; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(:/icons/chevron-down-@mode.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: @panel; border: 1px solid @line; padding: 4px;
    selection-background-color: @selected; selection-color: @text; }
QCheckBox { spacing: 8px; min-height: 24px; border: 1px solid transparent; border-radius: 4px; }
QCheckBox:focus { border-color: @accent; }
QCheckBox::indicator, QListView::indicator { width: 14px; height: 14px; border: 1px solid @muted; border-radius: 3px; background: @panel; }
QCheckBox::indicator:checked, QListView::indicator:checked { background: @accent; border-color: @accent; image: url(:/icons/check-@mode.svg); }
QCheckBox::indicator:disabled, QListView::indicator:disabled { border-color: @line; background: @window; }

QTabWidget::pane { border: none; background: @window; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: @muted; padding: 7px 16px 6px 16px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: @text; background: @hover; }
QTabBar::tab:selected { color: @text; border-bottom-color: @accent; font-weight: 600; }
QTabBar::tab:focus { color: @accent; }
QDockWidget { titlebar-close-icon: url(:/icons/close-@mode.svg); titlebar-normal-icon: url(:/icons/close-@mode.svg); }
QDockWidget::title { background: @panel; padding: 6px 12px; border-bottom: 1px solid @line; }
QMainWindow::separator { background: @line; width: 1px; height: 1px; }
QSplitter::handle { background: @line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }

QScrollArea, QScrollArea > QWidget > QWidget[role="page"] { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: @scroll; border-radius: 3px; margin: 3px; min-height: 28px; min-width: 28px; }
QScrollBar::handle:hover { background: @muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSlider { min-height: 24px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: @line; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: @accent; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -6px 0; border-radius: 7px; background: @accent;
    border: 1px solid @panel; }
QSlider::handle:horizontal:focus { border: 2px solid @text; }
QSlider::sub-page:horizontal:disabled, QSlider::handle:horizontal:disabled { background: @line; }
QProgressBar { border: none; border-radius: 3px; background: @line; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { border-radius: 3px; background: @accent; }

QTreeView, QTableView, QListView { background: @panel; border: none; alternate-background-color: @window; }
QTreeView::item, QListView::item { min-height: 26px; border: none; }
QTreeView#runs::item, QTreeView#queue::item, QTreeView#evaluations::item, QTreeView#run_differences::item { padding: 0 4px; }
QTreeView#open_model_tree::item { padding: 0 8px; }
QTreeView::item:hover, QListView::item:hover { background: @hover; }
QTreeView::item:selected, QListView::item:selected { background: @selected; color: @text; }
QTreeView::branch:has-children:closed { image: url(:/icons/chevron-right-@mode.svg); }
QTreeView::branch:has-children:open { image: url(:/icons/chevron-down-@mode.svg); }
QTreeView::branch:selected { background: @selected; }
QTreeView::branch:hover { background: @hover; }
QHeaderView { background: @panel; }
QHeaderView::section { background: @panel; color: @muted; border: none; border-bottom: 1px solid @line;
    padding: 4px 6px; }

QChartView { background: transparent; }
QStatusBar { background: @panel; border-top: 1px solid @line; }
QStatusBar::item { border: none; }
QWidget[role="panel"] { background: @panel; }
QFrame[role="chart"] { background: @panel; border: 1px solid @line; border-radius: 8px; }
QFrame[role="message"] { background: @panel; border: 1px solid @line; border-radius: 8px; }
QFrame[role="message"][kind="failed"] { border-color: @bad; }
QFrame[role="message"][kind="offer"] { border-color: @accent; }
QLabel[role="caption"] { color: @muted; }
QLabel[role="problem"] { color: @bad; }
QLabel[role="stale"] { color: @warn; }
)";

}  // namespace

QColor mix(const QColor& a, const QColor& b, double share) {
    const auto blend = [share](float x, float y) { return static_cast<float>(x * share + y * (1 - share)); };
    return QColor::fromRgbF(blend(a.redF(), b.redF()), blend(a.greenF(), b.greenF()),
                            blend(a.blueF(), b.blueF()));
}

void set_look(QWidget& widget, const char* property, const QVariant& value) {
    const QVariant before = widget.property(property);
    if (before == value || (!before.isValid() && !value.toBool())) return;
    widget.setProperty(property, value);
    if (!widget.testAttribute(Qt::WA_WState_Polished)) return;  // gets its look when it is first shown
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
}

QString style_sheet(const Theme& theme) {
    const QColor panel = theme.colour(Colour::panel), text = theme.colour(Colour::text),
                 accent = theme.colour(Colour::accent);
    // Longer names first: "@accent" is also the start of "@accent_text".
    const std::vector<std::pair<const char*, QColor>> values = {
        {"@accent_text", theme.colour(Colour::accent_text)},
        {"@accent_hover", mix(accent, text, 0.88)},
        {"@accent_pressed", mix(accent, text, 0.76)},
        {"@selected", mix(accent, panel, theme.is_dark() ? 0.24 : 0.14)},
        {"@scroll", mix(theme.colour(Colour::muted), panel, 0.4)},
        {"@window", theme.colour(Colour::window)},
        {"@accent", accent},
        {"@panel", panel},
        {"@hover", mix(text, panel, 0.06)},
        {"@muted", theme.colour(Colour::muted)},
        {"@faint", mix(theme.colour(Colour::muted), panel, 0.7)},
        {"@text", text},
        {"@line", theme.colour(Colour::line)},
        {"@bad", theme.colour(Colour::bad)},
        {"@warn", theme.colour(Colour::warn)},
    };
    QString sheet = source;
    for (const auto& [name, value] : values) sheet.replace(name, value.name());
    return sheet.replace("@mode", theme.is_dark() ? "dark" : "light");
}

}  // namespace denoise::ui
