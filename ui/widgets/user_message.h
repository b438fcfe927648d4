#pragma once

#include <QEvent>
#include <QString>
#include <optional>

#include "engine/base/error.h"

class QWidget;

namespace denoise::ui {

/// A message of a widget that has no other connection to the window, such as a chart that was saved. It is
/// sent to the window of the widget; a window that does not show it leaves it to a message box.
class UserMessage : public QEvent {
  public:
    static QEvent::Type event_type();

    UserMessage(QString text, QString saved_file);
    explicit UserMessage(Error error);

    const QString& text() const { return text_; }
    const QString& saved_file() const { return saved_file_; }  ///< empty: none
    const std::optional<Error>& error() const { return error_; }

  private:
    QString text_, saved_file_;
    std::optional<Error> error_;
};

void send_message(QWidget& from, const QString& text, const QString& saved_file = {});
void send_error(QWidget& from, const Error& error);

}  // namespace denoise::ui
