#include "ui/close_guard.h"

#include <QMessageBox>
#include <QPushButton>
#include <QTimer>

#include "ui/theme/style_sheet.h"
#include "ui/worker/engine_link.h"

namespace denoise::ui {

CloseGuard::CloseGuard(EngineLink& link, QWidget& window) : QObject(&window), link_(link), window_(window) {
    connect(&link, &EngineLink::training_ended, this, [this] {
        if (waiting_) done();
    });
    connect(&link, &EngineLink::state_changed, this, [this](EngineState state) {
        if (waiting_ && (state == EngineState::idle || state == EngineState::empty)) done();
    });
    // A run that could not be saved keeps its window: the message says why and what to do.
    connect(&link, &EngineLink::failed, this, [this] { set_waiting(false); });
}

bool CloseGuard::may_close() {
    if (done_) return true;
    if (asking_ || waiting_) return false;
    switch (link_.state()) {
        case EngineState::training:
        case EngineState::pausing:
            ask();
            return false;
        case EngineState::paused:  // nothing would be lost by saving, so there is nothing to ask
            finish(StopTraining{});
            return false;
        default:
            return true;
    }
}

void CloseGuard::ask() {
    asking_ = true;
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Close while training"),
                                tr("The training is not finished."), QMessageBox::NoButton, &window_);
    box->setObjectName("close_question");
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIconPixmap(window_.windowIcon().pixmap(48, 48));
    box->setInformativeText(
        tr("A saved run can go on later from where it stands. Discard gives up the steps since the last "
           "checkpoint."));
    QPushButton* save = box->addButton(tr("Save and quit"), QMessageBox::AcceptRole);
    QPushButton* keep = box->addButton(tr("Keep training"), QMessageBox::RejectRole);
    QPushButton* discard = box->addButton(tr("Discard"), QMessageBox::DestructiveRole);
    set_look(*save, "primary", true);
    for (QPushButton* button : {save, keep, discard}) button->setAccessibleName(button->text());
    box->setDefaultButton(save);
    box->setEscapeButton(keep);
    connect(box, &QMessageBox::finished, this, [this, box, save, discard] {
        asking_ = false;
        if (box->clickedButton() == save) finish(StopTraining{});
        if (box->clickedButton() == discard) finish(DiscardTraining{});
    });
    box->open();
}

void CloseGuard::finish(Command command) {
    // It may have ended by itself while the question stood there.
    const EngineState state = link_.state();
    if (state != EngineState::training && state != EngineState::pausing && state != EngineState::paused)
        return done();
    set_waiting(true);
    link_.post(std::move(command));
}

void CloseGuard::set_waiting(bool waiting) {
    if (waiting == waiting_) return;
    waiting_ = waiting;
    Q_EMIT waiting_changed();
}

void CloseGuard::done() {
    if (done_) return;
    done_ = true;
    // After the events that are being delivered, whose receivers still need the window.
    QTimer::singleShot(0, &window_, &QWidget::close);
}

}  // namespace denoise::ui
