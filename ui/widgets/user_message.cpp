#include "ui/widgets/user_message.h"

#include <QCoreApplication>
#include <QMessageBox>
#include <utility>

namespace denoise::ui {
namespace {

void send(QWidget& from, UserMessage& message) {
    message.ignore();
    QCoreApplication::sendEvent(from.window(), &message);
    if (message.isAccepted() || !message.error()) return;
    auto* box =
        new QMessageBox(QMessageBox::Warning, QString(), QString::fromStdString(message.error()->what),
                        QMessageBox::Close, from.window());
    box->setInformativeText(QString::fromStdString(one_line(*message.error())));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

}  // namespace

QEvent::Type UserMessage::event_type() {
    static const int type = QEvent::registerEventType();
    return static_cast<QEvent::Type>(type);
}

UserMessage::UserMessage(QString text, QString saved_file)
    : QEvent(event_type()), text_(std::move(text)), saved_file_(std::move(saved_file)) {}

UserMessage::UserMessage(Error error) : QEvent(event_type()), error_(std::move(error)) {}

void send_message(QWidget& from, const QString& text, const QString& saved_file) {
    UserMessage message(text, saved_file);
    send(from, message);
}

void send_error(QWidget& from, const Error& error) {
    UserMessage message(error);
    send(from, message);
}

}  // namespace denoise::ui
