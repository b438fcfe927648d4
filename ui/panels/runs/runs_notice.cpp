#include "ui/panels/runs/runs_notice.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <utility>

#include "ui/theme/theme.h"

namespace denoise::ui {

RunsNotice::RunsNotice(const Theme&, QWidget* parent) : QFrame(parent) {
    setObjectName("runs_notice");
    setProperty("role", "message");
    setProperty("kind", "offer");
    text_ = new QLabel(this);
    text_->setTextFormat(Qt::PlainText);
    text_->setWordWrap(true);
    first_ = new QPushButton(this);
    second_ = new QPushButton(this);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(space::control + space::tight, space::tight, space::tight, space::tight);
    row->setSpacing(space::control);
    row->addWidget(text_, 1);
    row->addWidget(first_);
    row->addWidget(second_);
    connect(first_, &QPushButton::clicked, this, [this] { answer(std::exchange(does_first_, {})); });
    connect(second_, &QPushButton::clicked, this, [this] { answer(std::exchange(does_second_, {})); });
    hide();
}

void RunsNotice::ask(const QString& question, const Answer& yes, const Answer& no) {
    show_text(question, yes, no);
    first_->setFocus();
}

void RunsNotice::tell(const QString& text, const Answer& offer) {
    show_text(text, offer, {tr("Dismiss"), {}});
}

void RunsNotice::show_text(const QString& text, const Answer& first, const Answer& second) {
    text_->setText(text);
    setAccessibleName(text);
    first_->setText(first.text);
    first_->setAccessibleName(first.text);
    first_->setAccessibleDescription(text);
    second_->setText(second.text);
    second_->setAccessibleName(second.text);
    does_first_ = first.does;
    does_second_ = second.does;
    show();
}

void RunsNotice::answer(const std::function<void()>& does) {
    hide();
    if (does) does();
}

void RunsNotice::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) return answer(std::exchange(does_second_, {}));
    QFrame::keyPressEvent(event);
}

}  // namespace denoise::ui
