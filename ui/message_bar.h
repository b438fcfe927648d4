#pragma once

#include <QTimer>
#include <QWidget>
#include <functional>
#include <vector>

#include "engine/base/error.h"
#include "ui/theme/theme.h"

class QVBoxLayout;

namespace denoise::ui {

/// A button of a message and what it does; the message goes when it is pressed.
struct MessageAction {
    QString text;
    std::function<void()> run;
};

/// Messages above the pages, instead of modal boxes: errors with what / why / remedy stay until they are
/// dismissed, offers until they are answered, notices fade after a while.
class MessageBar : public QWidget {
    Q_OBJECT
  public:
    explicit MessageBar(const Theme& theme, QWidget* parent = nullptr);

    void show_error(const Error& error);
    void show_notice(const QString& text);
    /// `key` names what it is about: a new offer takes the place of an old one with its key.
    void show_offer(const QString& key, const QString& text, const std::vector<MessageAction>& actions);
    void withdraw(const QString& key);

  private:
    QWidget* add(const QString& kind, const QString& icon, Colour tint, const QString& title,
                 const QStringList& lines, const std::vector<MessageAction>& actions);
    void trim();

    const Theme& theme_;
    QVBoxLayout* layout_ = nullptr;
};

}  // namespace denoise::ui
