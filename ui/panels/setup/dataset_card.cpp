#include "ui/panels/setup/dataset_card.h"

#include <QKeyEvent>
#include <QPainter>
#include <QToolButton>
#include <algorithm>

#include "ui/picture/conversion.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int thumbnail = 28;
constexpr int thumbnail_gap = 2;
constexpr int padding = space::control + space::tight;
constexpr int remove_side = 22;

/// As many parts of a text such as "20,000 images, 28×28, grey" as fit into `width`.
QString whole_parts(QString text, const QFontMetrics& metrics, int width) {
    while (metrics.horizontalAdvance(text) > width && text.contains(", "))
        text.truncate(text.lastIndexOf(", "));
    return metrics.elidedText(text, Qt::ElideRight, width);
}

}  // namespace

DatasetCard::DatasetCard(const Theme& theme, QString path, const QString& title, QWidget* parent)
    : QAbstractButton(parent), theme_(theme), path_(std::move(path)) {
    setText(title);
    setCheckable(true);
    setAccessibleName(tr("Dataset: %1").arg(title));
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
    connect(this, &QAbstractButton::toggled, this, &QWidget::updateGeometry);
}

void DatasetCard::set_caption(const QString& caption) {
    caption_ = caption;
    setAccessibleDescription(caption);
    update();
}

void DatasetCard::set_thumbnails(const ImageBatch& images) {
    thumbnails_.clear();
    for (std::int64_t i = 0; i < images.count; ++i) {
        QImage image = to_image(picture_of(images, i));
        // Small images are enlarged by a whole multiple, large ones are scaled down smoothly.
        const int side = thumbnail * 2;  // enough for a screen with two device pixels per pixel
        if (image.width() * 2 <= side)
            image =
                image.scaled(image.width() * (side / image.width()), image.height() * (side / image.width()));
        else if (image.width() > side || image.height() > side)
            image = image.scaled(side, side, Qt::KeepAspectRatio, Qt::SmoothTransformation);
        thumbnails_.push_back(std::move(image));
    }
    updateGeometry();
    update();
}

void DatasetCard::set_removable() {
    if (remove_) return;
    remove_ = new QToolButton(this);
    remove_->setObjectName("remove_dataset");
    remove_->setIcon(theme_.icon("denoise-close", Colour::muted));
    remove_->setCursor(Qt::ArrowCursor);
    remove_->setToolTip(tr("Removes the card. The files stay."));
    remove_->setAccessibleName(tr("Remove the card: %1").arg(text()));
    remove_->setFixedSize(remove_side, remove_side);
    // Without the padding of a button with a text, the icon would not fit.
    remove_->setStyleSheet(QStringLiteral("padding: 0; min-height: 0"));
    connect(remove_, &QToolButton::clicked, this, &DatasetCard::remove_pressed);
}

void DatasetCard::set_problem(const QString& reason) {
    problem_ = reason;
    setAccessibleDescription(reason.isEmpty() ? caption_ : tr("Could not be loaded: %1").arg(reason));
    update();
}

void DatasetCard::keyPressEvent(QKeyEvent* event) {
    if (remove_ && event->key() == Qt::Key_Delete) return Q_EMIT remove_pressed();
    QAbstractButton::keyPressEvent(event);
}

void DatasetCard::resizeEvent(QResizeEvent* event) {
    QAbstractButton::resizeEvent(event);
    if (remove_) remove_->move(width() - remove_side - space::tight, space::tight);
}

bool DatasetCard::shows_strip() const {
    return isChecked() && !thumbnails_.empty();
}

int DatasetCard::text_height() const {
    return QFontMetrics(theme_.body()).height() + QFontMetrics(theme_.caption()).height() + space::tight / 2;
}

QSize DatasetCard::sizeHint() const {
    int height = 2 * padding + text_height();
    if (shows_strip()) height += space::control + 2 * thumbnail + thumbnail_gap;
    return {240, height};
}

QSize DatasetCard::minimumSizeHint() const {
    return {160, sizeHint().height()};
}

void DatasetCard::enterEvent(QEnterEvent* event) {
    QAbstractButton::enterEvent(event);
    update();
}

void DatasetCard::leaveEvent(QEvent* event) {
    QAbstractButton::leaveEvent(event);
    update();
}

void DatasetCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor panel = theme_.colour(Colour::panel), accent = theme_.colour(Colour::accent);
    const QColor fill = underMouse() ? mix(theme_.colour(Colour::text), panel, 0.04) : panel;
    const double width_of_line = isChecked() || hasFocus() ? 2 : 1;
    const QColor line = isChecked() || hasFocus() ? accent
                        : has_problem()           ? theme_.colour(Colour::bad)
                                                  : theme_.colour(Colour::line);
    painter.setPen(QPen(line, width_of_line, hasFocus() && !isChecked() ? Qt::DotLine : Qt::SolidLine));
    painter.setBrush(fill);
    const double inset = width_of_line / 2;
    painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), space::control,
                            space::control);

    QRect inner = rect().adjusted(padding, padding, -padding, -padding);
    if (remove_) inner.setRight(inner.right() - remove_side + space::tight);
    const bool beside = !shows_strip() && !has_problem() && !thumbnails_.empty();
    draw_words(painter, inner,
               inner.width() - (beside ? 2 * (thumbnail + thumbnail_gap) + space::control : 0));
    if (shows_strip() || beside) draw_thumbnails(painter, inner);
}

void DatasetCard::draw_words(QPainter& painter, const QRect& inner, int width) const {
    QFont title = theme_.body();
    title.setWeight(QFont::DemiBold);
    painter.setFont(title);
    painter.setPen(theme_.colour(Colour::text));
    const QFontMetrics title_metrics(title), metrics(theme_.caption());
    painter.drawText(QRect(inner.topLeft(), QSize(width, title_metrics.height())), Qt::AlignLeft,
                     title_metrics.elidedText(text(), Qt::ElideMiddle, width));
    painter.setFont(theme_.caption());
    QRect place(inner.left(), inner.top() + title_metrics.height() + space::tight / 2, width,
                metrics.height());
    if (!has_problem()) {
        painter.setPen(theme_.colour(Colour::muted));
        painter.drawText(place, Qt::AlignLeft, whole_parts(caption_, metrics, width));
        return;
    }
    const int side = metrics.height();
    theme_.icon("denoise-warning", Colour::bad).paint(&painter, QRect(place.topLeft(), QSize(side, side)));
    place.setLeft(place.left() + side + space::tight);
    painter.setPen(theme_.colour(Colour::bad));
    painter.drawText(place, Qt::AlignLeft,
                     metrics.elidedText(tr("Could not be loaded"), Qt::ElideRight, place.width()));
}

void DatasetCard::draw_thumbnails(QPainter& painter, const QRect& inner) const {
    const int pitch = thumbnail + thumbnail_gap;
    const auto draw = [&](std::size_t index, int x, int y) {
        painter.drawImage(QRect(x, y, thumbnail, thumbnail), thumbnails_[index]);
    };
    painter.setRenderHint(QPainter::SmoothPixmapTransform, devicePixelRatioF() < 1.5);
    if (shows_strip()) {
        const int columns = std::max(1, (inner.width() + thumbnail_gap) / pitch);
        const int top = inner.top() + text_height() + space::control;
        for (std::size_t i = 0; i < thumbnails_.size() && i < static_cast<std::size_t>(2 * columns); ++i)
            draw(i, inner.left() + static_cast<int>(i) % columns * pitch,
                 top + static_cast<int>(i) / columns * pitch);
    } else {
        for (std::size_t i = 0; i < thumbnails_.size() && i < 2; ++i)
            draw(i, inner.right() + 1 - static_cast<int>(2 - i) * pitch + thumbnail_gap,
                 inner.top() + (inner.height() - thumbnail) / 2);
    }
}

}  // namespace denoise::ui
