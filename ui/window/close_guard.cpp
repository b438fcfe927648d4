#include "ui/window/close_guard.h"

#include <QMessageBox>
#include <QPushButton>
#include <QTimer>

#include "ui/link/engine_link.h"
#include "ui/theme/style_sheet.h"

namespace denoise::ui {

CloseGuard::CloseGuard(EngineLink& link, QWidget& window) : QObject(&window), link_(link), window_(window) {
    connect(&link, &EngineLink::training_ended, this, [this] {
        if (waiting_) done();
    });
    connect(&link, &EngineLink::state_changed, this, [this](EngineState state) {
        if (waiting_ && (state == EngineState::idle || state == EngineState::empty)) done();
    });
    connect(&link, &EngineLink::job_ended, this, [this](const JobEnded& end) {
        if (end.outcome == Outcome::failed) stay_if_not_saved(end.job);
    });
    connect(&link, &EngineLink::received, this, [this](const Event& event) {
        if (const auto* problem = std::get_if<Problem>(&event)) stay_if_not_saved(problem->job);
    });
}

/// When the run could not be saved, the window stays open with the error message. What else fails in the
/// meantime, such as a sample, changes nothing. Job 0: the command has failed.
void CloseGuard::stay_if_not_saved(JobId failed) {
    if (failed == 0 || (link_.run() && failed == link_.run()->job)) set_waiting(false);
}

bool CloseGuard::may_close() {
    if (done_) return true;
    if (asking_ || waiting_) return false;
    switch (link_.state()) {
        case EngineState::training:
            ask();
            return false;
        case EngineState::paused:  // needs no question, as saving loses nothing
            finish(StopTraining{});
            return false;
        default:
            return true;
    }
}

void CloseGuard::ask() {
    asking_ = true;
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Close while training"),
                                tr("Training has not finished."), QMessageBox::NoButton, &window_);
    box->setObjectName("close_question");
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIconPixmap(window_.windowIcon().pixmap(48, 48));
    box->setInformativeText(
        tr("If you save the run, you can resume it later. If you discard it, the steps since the last "
           "checkpoint are lost."));
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
    // The run may have ended while the question was open.
    if (link_.state() != EngineState::training && link_.state() != EngineState::paused) return done();
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
    // Not before the current events have been delivered, since their receivers use the window.
    QTimer::singleShot(0, &window_, &QWidget::close);
}

}  // namespace denoise::ui
