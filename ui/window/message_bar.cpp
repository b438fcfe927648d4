#include "ui/window/message_bar.h"

#include <QDesktopServices>
#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/paths/show_in_folder.h"
#include "ui/text/format.h"
#include "ui/widgets/user_message.h"

namespace denoise::ui {
namespace {

constexpr int most_messages = 3;
constexpr int most_errors = 4;
constexpr int notice_ms = 8000;
constexpr int most_width = 27 * space::target;  ///< so that lines can be read, and little is covered

QList<QFrame*> messages_of(const QWidget* bar) {
    QList<QFrame*> shown;
    for (QFrame* frame : bar->findChildren<QFrame*>("message", Qt::FindDirectChildrenOnly))
        if (!frame->property("gone").toBool()) shown << frame;
    return shown;
}

QStringList lines_of(const Error& error) {
    QStringList lines;
    if (!error.why.empty()) lines << text_of(error.why) + QStringLiteral(".");
    if (!error.remedy.empty()) lines << text_of(error.remedy) + QStringLiteral(".");
    return lines;
}

/// By which a message is found again.
QString whole_text(const QString& title, const QStringList& lines) {
    return title + QStringLiteral("\n") + lines.join('\n');
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
    layout_->setContentsMargins(space::group, space::tight, space::group, space::group);  // for the shadows
    layout_->setSpacing(space::control);
    hide();
}

void MessageBar::float_over(QWidget& below, std::function<int()> top) {
    below_ = &below;
    top_ = std::move(top);
    setParent(below.window());  // a page can be lower than the messages
    below.installEventFilter(this);
    window()->installEventFilter(this);
    place();
}

void MessageBar::place() {
    const bool any = !messages_of(this).isEmpty();
    setVisible(any);
    const bool error = std::ranges::any_of(
        messages_of(this), [](const QFrame* message) { return message->property("kind") == "failed"; });
    if (std::exchange(shows_error_, error) != error) Q_EMIT shows_error_changed();
    if (!any || !below_) return;
    const int width = std::min(below_->width(), most_width), height = layout_->totalHeightForWidth(width);
    const QPoint page = below_->mapTo(parentWidget(), QPoint(0, 0));
    const int top = std::min(page.y() + top_(), parentWidget()->height() - height);
    setGeometry(page.x() + (below_->width() - width) / 2, std::max(top, page.y()), width, height);
    raise();
}

bool MessageBar::event(QEvent* event) {
    const bool done = QWidget::event(event);
    if (event->type() == QEvent::LayoutRequest) place();
    return done;
}

bool MessageBar::eventFilter(QObject* watched, QEvent* event) {
    // After the contents of the pages have been laid out.
    if (watched == below_ && event->type() == QEvent::Resize)
        QMetaObject::invokeMethod(this, &MessageBar::place, Qt::QueuedConnection);
    // Arrives at the window when no widget has used the key.
    if (watched == window() && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape && !messages_of(this).isEmpty()) {
        remove(messages_of(this).back());  // the newest
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void MessageBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, theme_.is_dark() ? 30 : 6));
    // Several faint layers of growing size look like a blurred one.
    for (const QFrame* message : messages_of(this))
        for (int spread = 1; spread <= space::control; ++spread)
            painter.drawRoundedRect(QRectF(message->geometry())
                                        .adjusted(-spread, -spread / 2.0, spread, spread)
                                        .translated(0, space::tight / 2.0),
                                    space::control + spread, space::control + spread);
}

void MessageBar::show_error(const Error& error) {
    add("failed", "denoise-error", Colour::bad, text_of(error.what), lines_of(error), {});
}

void MessageBar::withdraw(const Error& error) {
    for (QFrame* message : messages_of(this))
        if (message->property("text") == whole_text(text_of(error.what), lines_of(error))) remove(message);
}

void MessageBar::show_notice(const QString& text) {
    replace_notice({}, text);
}

void MessageBar::replace_notice(const QString& key, const QString& text) {
    if (!key.isEmpty()) withdraw(key);
    QWidget* message = add("notice", "denoise-info", Colour::accent, text, {}, {});
    message->setProperty("key", key);
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
    const QString text = whole_text(title, lines);
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
    message->show();
    // The keyboard reaches the message before what it lies on.
    QWidget* before = below_ ? below_->previousInFocusChain() : this;
    while (before != below_ && before != this && !(before->focusPolicy() & Qt::TabFocus))
        before = before->previousInFocusChain();
    for (QAbstractButton* button : message->findChildren<QAbstractButton*>()) {
        setTabOrder(before, button);
        before = button;
    }
    trim();
    place();
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

void show_message(MessageBar& bar, const UserMessage& message) {
    if (message.error()) return bar.show_error(*message.error());
    if (message.saved_file().isEmpty()) return bar.show_notice(message.text());
    const QString file = message.saved_file();
    bar.show_offer(
        "saved", message.text(),
        {{MessageBar::tr("Open"), [file] { QDesktopServices::openUrl(QUrl::fromLocalFile(file)); }},
         {MessageBar::tr("Show in folder"), [file] { show_in_folder(file); }}});
}

}  // namespace denoise::ui
