#pragma once

#include <QTimer>
#include <QWidget>
#include <functional>
#include <vector>

#include "engine/base/error.h"
#include "ui/theme/theme.h"

class QLabel;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace denoise::ui {

class UserMessage;

/// A button of a message and its function. Pressing the button also removes the message.
struct MessageAction {
    QString text;
    std::function<void()> run;
};

/// Shows messages on top of the pages, which stay where they are. Errors stay until they are dismissed,
/// offers until they are answered; notices disappear after a few seconds. Escape dismisses the newest
/// message.
class MessageBar : public QWidget {
    Q_OBJECT
  public:
    explicit MessageBar(const Theme& theme, QWidget* parent = nullptr);

    /// Floats over `below` from the position that `top` returns within it. Where it is too low, also over
    /// what is below it in the window.
    void float_over(QWidget& below, std::function<int()> top);
    /// Moves to where `top` is now.
    void place();

    void show_error(const Error& error);
    /// Whether an error has not been dismissed yet.
    bool shows_error() const { return shows_error_; }
    /// Removes the message of this error, if there is one.
    void withdraw(const Error& error);
    void show_notice(const QString& text);
    /// The same, in place of an earlier notice with this key.
    void replace_notice(const QString& key, const QString& text);
    /// Shows a question with buttons. It replaces an earlier offer with the same key.
    void show_offer(const QString& key, const QString& text, const std::vector<MessageAction>& actions);
    /// Removes the offer with this key, if there is one.
    void withdraw(const QString& key);

  Q_SIGNALS:
    void shows_error_changed();

  protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    QWidget* add(const QString& kind, const QString& icon, Colour tint, const QString& title,
                 const QStringList& lines, const std::vector<MessageAction>& actions);
    QLabel* make_icon(const QString& icon, Colour tint);
    QLabel* make_line(const QString& text, bool bold);
    QPushButton* make_button(QWidget* message, const QString& title, const MessageAction& action);
    QToolButton* make_dismiss_button(QWidget* message, const QString& title);
    void trim();

    const Theme& theme_;
    QVBoxLayout* layout_ = nullptr;
    QWidget* below_ = nullptr;
    std::function<int()> top_;
    bool shows_error_ = false;
};

/// Shows the message of a widget. A file that was saved can be opened and shown in its folder.
void show_message(MessageBar& bar, const UserMessage& message);

}  // namespace denoise::ui
