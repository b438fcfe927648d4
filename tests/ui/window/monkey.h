#pragma once

#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QMenu>
#include <QSlider>
#include <QTabWidget>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <cstdlib>
#include <deque>
#include <random>
#include <string>

#include "ui/window/main_window.h"

namespace denoise::testing {

/// How long random moves go on, in seconds: DENOISE_LAB_MONKEY_SECONDS, or a few.
inline double monkey_seconds(double usual) {
    const char* text = std::getenv("DENOISE_LAB_MONKEY_SECONDS");
    return text ? std::atof(text) : usual;
}
inline unsigned monkey_seed() {
    const char* text = std::getenv("DENOISE_LAB_MONKEY_SEED");
    return text ? static_cast<unsigned>(std::atoi(text)) : 7;
}

/// Does what a person could do in the window, at random: commands, clicks, keys, choices and numbers.
/// Whatever would leave the program (quit, open a file elsewhere, use the network) is left out.
class Monkey {
  public:
    explicit Monkey(ui::MainWindow& window, unsigned seed = monkey_seed()) : window_(window), random_(seed) {
        QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
        // Menus and dialogs may have an event loop of their own, which only this can end.
        QObject::connect(&rescue_, &QTimer::timeout, [] {
            if (QWidget* popup = QApplication::activePopupWidget()) popup->close();
            if (QWidget* modal = QApplication::activeModalWidget()) modal->close();
        });
        rescue_.start(100);
    }
    ~Monkey() { QApplication::setAttribute(Qt::AA_DontUseNativeDialogs, false); }

    void move() {
        switch (number(8)) {
            case 0:
            case 1:
                trigger();
                break;
            case 2:
            case 3:
            case 4:
                click();
                break;
            case 5:
                press_key();
                break;
            case 6:
                choose();
                break;
            default:
                change_number();
        }
        close_dialogs();
    }
    void close_dialogs() {
        for (QDialog* dialog : window_.findChildren<QDialog*>()) dialog->close();
        QApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QTest::qWait(1);
    }
    /// The last moves, the newest one last.
    std::string story() const {
        std::string text;
        for (const std::string& line : lines_) text += line + "\n";
        return text;
    }
    std::size_t moves() const { return moves_; }
    unsigned number(unsigned below) { return static_cast<unsigned>(random_() % below); }

  private:
    void note(const QString& what, const QObject& of, const QString& more = {}) {
        ++moves_;
        lines_.push_back(std::to_string(moves_) + ": " + what.toStdString() + " " +
                         of.metaObject()->className() + " " + of.objectName().toStdString() + " " +
                         more.toStdString());
        if (lines_.size() > 12) lines_.pop_front();
    }
    static bool leads_out(const QString& words) {
        for (const char* word : {"Quit", "Download", "Get ", "Open it", "Show in folder"})
            if (words.contains(word, Qt::CaseInsensitive)) return true;
        return QString(words).remove('&') == "Open";
    }
    template <class W>
    W* any() {
        QList<W*> all;
        for (W* widget : window_.findChildren<W*>())
            if (widget->isVisible() && widget->isEnabled() && widget->window() == &window_) all << widget;
        return all.isEmpty() ? nullptr : all.at(static_cast<int>(number(static_cast<unsigned>(all.size()))));
    }
    void trigger() {
        QList<QAction*> all;
        for (QAction* action : window_.findChildren<QAction*>())
            if (!action->menu() && action->isEnabled() && action->objectName() != "quit" &&
                !leads_out(action->text()) && !leads_out(action->toolTip()))
                all << action;
        QAction* action = all.at(static_cast<int>(number(static_cast<unsigned>(all.size()))));
        note("trigger", *action, action->text());
        action->trigger();
    }
    void click() {
        auto* button = any<QAbstractButton>();
        if (!button || leads_out(button->text()) || leads_out(button->accessibleName()) ||
            leads_out(button->toolTip()))
            return;
        const auto* tool = qobject_cast<QToolButton*>(button);
        if (tool &&
            (tool->menu() || (tool->defaultAction() && tool->defaultAction()->objectName() == "quit")))
            return;
        note("click", *button, button->text());
        button->click();
    }
    void press_key() {
        static const std::vector<Qt::Key> keys = {
            Qt::Key_Space,  Qt::Key_Left,   Qt::Key_Right,    Qt::Key_Up, Qt::Key_Down,
            Qt::Key_Home,   Qt::Key_End,    Qt::Key_Tab,      Qt::Key_L,  Qt::Key_Escape,
            Qt::Key_Delete, Qt::Key_Return, Qt::Key_PageDown, Qt::Key_1};
        QWidget* target = QApplication::focusWidget() ? QApplication::focusWidget() : &window_;
        const Qt::Key key = keys[number(static_cast<unsigned>(keys.size()))];
        note("key " + QKeySequence(key).toString(), *target);
        QTest::keyClick(target, key);
    }
    void choose() {
        if (number(4) == 0) {
            auto* tabs = any<QTabWidget>();
            if (!tabs) return;
            note("tab", *tabs);
            tabs->setCurrentIndex(static_cast<int>(number(static_cast<unsigned>(tabs->count()))));
            return;
        }
        auto* box = any<QComboBox>();
        if (!box || box->count() == 0) return;
        const auto index = static_cast<int>(number(static_cast<unsigned>(box->count())));
        note("choose", *box, box->itemText(index));
        box->setCurrentIndex(index);
        Q_EMIT box->activated(index);
    }
    void change_number() {
        if (auto* slider = number(3) == 0 ? any<QSlider>() : nullptr) {
            note("slide", *slider);
            slider->setValue(slider->minimum() + static_cast<int>(number(static_cast<unsigned>(
                                                     slider->maximum() - slider->minimum() + 1))));
            return;
        }
        auto* box = any<QAbstractSpinBox>();
        if (!box) return;
        note("step", *box);
        box->stepBy(static_cast<int>(number(5)) - 2);
    }

    ui::MainWindow& window_;
    std::mt19937 random_;
    QTimer rescue_;
    std::deque<std::string> lines_;
    std::size_t moves_ = 0;
};

}  // namespace denoise::testing
