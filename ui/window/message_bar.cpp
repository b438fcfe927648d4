#include "ui/window/message_bar.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/text/format.h"

namespace denoise::ui {
namespace {

constexpr int most_messages = 3;
constexpr int most_errors = 4;
constexpr int notice_ms = 8000;

QList<QFrame*> messages_of(const QWidget* bar) {
    QList<QFrame*> shown;
    for (QFrame* frame : bar->findChildren<QFrame*>("message", Qt::FindDirectChildrenOnly))
        if (!frame->property("gone").toBool()) shown << frame;
    return shown;
}

/// Hides a message now and deletes it later, since it may be the sender of the current signal.
void remove(QWidget* message) {
    message->setProperty("gone", true);
    message->hide();
    message->deleteLater();
}

}  // namespace

MessageBar::MessageBar(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    layout_ = new QVBoxLayout(this);
    layout_->setContentsMargins(space::group, 0, space::group, 0);
    layout_->setSpacing(space::control);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
}

void MessageBar::show_error(const Error& error) {
    QStringList lines;
    if (!error.why.empty()) lines << text_of(error.why) + QStringLiteral(".");
    if (!error.remedy.empty()) lines << text_of(error.remedy) + QStringLiteral(".");
    add("failed", "denoise-error", Colour::bad, text_of(error.what), lines, {});
}

void MessageBar::show_notice(const QString& text) {
    QWidget* message = add("notice", "denoise-info", Colour::accent, text, {}, {});
    QTimer::singleShot(notice_ms, message, [message] { remove(message); });
}

void MessageBar::show_offer(const QString& key, const QString& text,
                            const std::vector<MessageAction>& actions) {
    withdraw(key);
    add("offer", "denoise-info", Colour::accent, text, {}, actions)->setProperty("key", key);
}

void MessageBar::withdraw(const QString& key) {
    for (QFrame* message : messages_of(this))
        if (message->property("key") == key) remove(message);
}

QWidget* MessageBar::add(const QString& kind, const QString& icon, Colour tint, const QString& title,
                         const QStringList& lines, const std::vector<MessageAction>& actions) {
    const QString text = title + QStringLiteral("\n") + lines.join('\n');
    for (QFrame* same : messages_of(this))
        if (same->property("text") == text) remove(same);  // the new one goes to the top
    auto* message = new QFrame(this);
    message->setObjectName("message");
    message->setProperty("role", "message");
    message->setProperty("kind", kind);
    message->setProperty("text", text);
    message->setAccessibleName(text);
    auto* row = new QHBoxLayout(message);
    row->setContentsMargins(space::control + space::tight, space::control, space::control, space::control);
    row->setSpacing(space::control + space::tight);
    row->addWidget(make_icon(icon, tint), 0, Qt::AlignTop);
    auto* words = new QVBoxLayout;
    words->setSpacing(space::tight / 2);
    words->addWidget(make_line(title, kind == "failed"));
    for (const QString& line : lines) words->addWidget(make_line(line, false));
    row->addLayout(words, 1);
    for (const MessageAction& action : actions)
        row->addWidget(make_button(message, title, action), 0, Qt::AlignVCenter);
    row->addWidget(make_dismiss_button(message, title), 0, Qt::AlignTop);
    layout_->insertWidget(0, message);
    trim();
    return message;
}

QLabel* MessageBar::make_icon(const QString& icon, Colour tint) {
    auto* label = new QLabel;
    const auto draw = [this, label, icon, tint] { label->setPixmap(theme_.icon(icon, tint).pixmap(22, 22)); };
    draw();
    connect(&theme_, &Theme::changed, label, draw);
    return label;
}

QLabel* MessageBar::make_line(const QString& text, bool bold) {
    auto* label = new QLabel(text);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    if (bold) {
        QFont font = theme_.body();
        font.setWeight(QFont::DemiBold);
        label->setFont(font);
    }
    return label;
}

QPushButton* MessageBar::make_button(QWidget* message, const QString& title, const MessageAction& action) {
    auto* button = new QPushButton(action.text);
    button->setAccessibleName(action.text);
    button->setAccessibleDescription(title);
    connect(button, &QPushButton::clicked, message, [message, run = action.run] {
        remove(message);
        run();
    });
    return button;
}

QToolButton* MessageBar::make_dismiss_button(QWidget* message, const QString& title) {
    auto* button = new QToolButton;
    button->setObjectName("dismiss");
    button->setIcon(theme_.icon("denoise-close", Colour::muted));
    button->setToolTip(tr("Dismiss"));
    button->setAccessibleName(tr("Dismiss: %1").arg(title));
    connect(button, &QToolButton::clicked, message, [message] { remove(message); });
    return button;
}

void MessageBar::trim() {
    // Notices go first when there are too many.
    QList<QFrame*> shown = messages_of(this);
    for (QFrame* message : shown)
        if (messages_of(this).size() > most_messages && message->property("kind") == "notice")
            remove(message);
    // The oldest errors go last, so that they do not fill the window. The log keeps them all.
    shown = messages_of(this);
    for (QFrame* message : shown)
        if (messages_of(this).size() > most_errors && message->property("kind") == "failed") remove(message);
}

}  // namespace denoise::ui
