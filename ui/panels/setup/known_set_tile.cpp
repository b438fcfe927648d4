#include "ui/panels/setup/known_set_tile.h"

#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QToolButton>
#include <QUrl>
#include <algorithm>

#include "engine/data/known_sets.h"
#include "ui/text/format.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int padding = space::control;
constexpr int icon_side = 16;
constexpr int cancel_side = 22;
constexpr int bar_height = 3;

/// "11.6 MB": sizes of files are in powers of ten, as everywhere on the web.
QString megabytes(std::int64_t bytes) {
    const double number = static_cast<double>(bytes) / 1e6;
    return QLocale().toString(number, 'f', number < 100 ? 1 : 0);
}

}  // namespace

KnownSetTile::KnownSetTile(const Theme& theme, const CatalogEntry& set, QWidget* parent)
    : QAbstractButton(parent), theme_(theme), set_(set), total_(bytes_of(*set.publication)) {
    setText(text_of(set.title));
    setObjectName("known_set_" + text_of(set.name));
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    cancel_ = new QToolButton(this);
    cancel_->setObjectName("cancel_download");
    cancel_->setIcon(theme.icon("denoise-close", Colour::muted));
    cancel_->setCursor(Qt::ArrowCursor);
    cancel_->setToolTip(tr("Cancels the download. It continues here next time."));
    cancel_->setAccessibleName(tr("Cancel the download: %1").arg(text()));
    cancel_->setFixedSize(cancel_side, cancel_side);
    cancel_->setStyleSheet(QStringLiteral("padding: 0; min-height: 0"));
    connect(cancel_, &QToolButton::clicked, this, &KnownSetTile::cancel_pressed);
    connect(this, &QAbstractButton::clicked, this, [this] {
        if (state_ != State::working) Q_EMIT wanted();
    });
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
    set_state(State::absent);
}

QString KnownSetTile::details() const {
    const Publication& source = *set_.publication;
    QString hosts;
    for (const std::string& address : source.addresses) {
        const QString host = QUrl(text_of(address)).host();
        if (!hosts.split(", ").contains(host)) hosts += (hosts.isEmpty() ? "" : ", ") + host;
    }
    return tr("%1\nLicence: %2\nFrom %3, compared with its SHA-256\n%4")
        .arg(text_of(set_.sentence), text_of(source.licence), hosts, text_of(source.page));
}

void KnownSetTile::show_words(const QString& caption, const QString& tip) {
    caption_ = caption;
    setToolTip(tip);
    setAccessibleDescription(caption);
    update();
}

void KnownSetTile::set_state(State state, std::int64_t bytes) {
    state_ = state;
    share_ = 0;
    const bool works = state == State::working;
    cancel_->setVisible(works);
    setCursor(works ? Qt::ArrowCursor : Qt::PointingHandCursor);
    setAccessibleName(
        (state == State::stored ? tr("Dataset: %1") : tr("Download the dataset: %1")).arg(text()));
    switch (state) {
        case State::absent:
            return show_words(tr("%1 MB").arg(megabytes(total_)),
                              tr("Click to download.\n%1").arg(details()));
        case State::begun:
            return show_words(tr("%1 of %2 MB").arg(megabytes(bytes), megabytes(total_)),
                              tr("Click to continue the download.\n%1").arg(details()));
        case State::stored:
            return show_words(tr("Downloaded"), tr("Click to use it.\n%1").arg(details()));
        case State::working:
            return set_progress(0, tr("Connecting…"));
        case State::failed:
            return show_words(tr("Failed, try again"), {});
    }
}

void KnownSetTile::set_progress(std::int64_t bytes, const QString& doing) {
    share_ = total_ > 0 ? std::clamp(static_cast<double>(bytes) / static_cast<double>(total_), 0.0, 1.0) : 0;
    show_words(doing.isEmpty() ? tr("%1 of %2 MB").arg(megabytes(bytes), megabytes(total_)) : doing,
               details());
}

void KnownSetTile::set_problem(const QString& reason) {
    set_state(State::failed);
    setToolTip(tr("%1\nClick to try again.").arg(reason));
    setAccessibleDescription(tr("Could not be downloaded: %1").arg(reason));
}

void KnownSetTile::keyPressEvent(QKeyEvent* event) {
    const bool cancels = event->key() == Qt::Key_Escape || event->key() == Qt::Key_Delete;
    if (state_ == State::working && cancels) return Q_EMIT cancel_pressed();
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) return click();
    QAbstractButton::keyPressEvent(event);
}

void KnownSetTile::resizeEvent(QResizeEvent* event) {
    QAbstractButton::resizeEvent(event);
    cancel_->move(width() - cancel_side - space::tight, (height() - cancel_side) / 2);
}

void KnownSetTile::enterEvent(QEnterEvent* event) {
    QAbstractButton::enterEvent(event);
    update();
}

void KnownSetTile::leaveEvent(QEvent* event) {
    QAbstractButton::leaveEvent(event);
    update();
}

QSize KnownSetTile::sizeHint() const {
    const int text = QFontMetrics(theme_.body()).height() + QFontMetrics(theme_.caption()).height();
    return {140, 2 * padding + text};
}

QSize KnownSetTile::minimumSizeHint() const {
    return {112, sizeHint().height()};
}

void KnownSetTile::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor panel = theme_.colour(Colour::panel), accent = theme_.colour(Colour::accent);
    const bool failed = state_ == State::failed, works = state_ == State::working;
    const double width_of_line = hasFocus() ? 2 : 1, inset = width_of_line / 2;
    painter.setPen(QPen(hasFocus() ? accent : theme_.colour(failed ? Colour::bad : Colour::line),
                        width_of_line, hasFocus() ? Qt::DotLine : Qt::SolidLine));
    painter.setBrush(underMouse() && !works ? mix(theme_.colour(Colour::text), panel, 0.04) : panel);
    const QRectF frame = QRectF(rect()).adjusted(inset, inset, -inset, -inset);
    painter.drawRoundedRect(frame, space::control, space::control);

    const QRect inner = rect().adjusted(padding, padding, -padding, -padding);
    const int room = inner.width() - (works ? cancel_side : icon_side) - space::tight;
    QFont title = theme_.body();
    title.setWeight(QFont::DemiBold);
    const QFontMetrics title_metrics(title), metrics(theme_.caption());
    painter.setFont(title);
    painter.setPen(theme_.colour(Colour::text));
    painter.drawText(QRect(inner.topLeft(), QSize(room, title_metrics.height())), Qt::AlignLeft,
                     title_metrics.elidedText(text(), Qt::ElideRight, room));
    painter.setFont(theme_.caption());
    painter.setPen(theme_.colour(failed ? Colour::bad : Colour::muted));
    painter.drawText(QRect(inner.left(), inner.top() + title_metrics.height(), room, metrics.height()),
                     Qt::AlignLeft, metrics.elidedText(caption_, Qt::ElideRight, room));
    if (works) {
        // A bar along the lower edge, inside the rounded corners.
        const QRectF bar(inner.left(), rect().bottom() - bar_height - 1, inner.width(), bar_height);
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme_.colour(Colour::line));
        painter.drawRoundedRect(bar, bar_height / 2.0, bar_height / 2.0);
        painter.setBrush(accent);
        if (share_ > 0)
            painter.drawRoundedRect(
                QRectF(bar.topLeft(), QSizeF(std::max<double>(bar_height, bar.width() * share_), bar_height)),
                bar_height / 2.0, bar_height / 2.0);
        return;
    }
    if (state_ == State::stored) return;
    const QIcon icon =
        failed ? theme_.icon("denoise-warning", Colour::bad) : theme_.icon("download", Colour::muted);
    icon.paint(&painter, QRect(inner.right() + 1 - icon_side, inner.center().y() - icon_side / 2, icon_side,
                               icon_side));
}

}  // namespace denoise::ui
