#include "ui/picture/picture_view.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/picture/conversion.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int border_width = space::tight / 2;
constexpr int gap_width = space::tight / 2;

}  // namespace

/// The geometry of the grid, in device pixels.
struct PictureView::Layout {
    double ratio = 1;  ///< device pixels per widget pixel
    int count = 0;
    int first = 0;  ///< index of the image in the first cell
    int columns = 1;
    int gap = 0;
    PixelScale scale;
    QSize cell;
    QPoint origin;

    QRect rect(int index) const {
        const int place = index - first;
        return {
            origin + QPoint(place % columns * (cell.width() + gap), place / columns * (cell.height() + gap)),
            cell};
    }
};

PictureView::PictureView(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);  // it fills its rectangle, so nothing is painted below
    // A click does not set the focus, so that the arrow keys still move along the timeline.
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Pictures"));
    connect(&theme_, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void PictureView::set_images(const ImageBatch& images) {
    const bool same_shape =
        images.count == images_.count && images.width == images_.width && images.height == images_.height;
    images_ = images;
    if (!same_shape) {
        const auto count = static_cast<int>(images.count);
        if (only_ >= count) only_ = -1;
        if (selected_ >= count) selected_ = -1;
        hovered_ = pressed_ = -1;
        setAccessibleDescription(
            count == 0
                ? empty_text_
                : tr("Images: %1, each %2 by %3 pixels").arg(count).arg(images.width).arg(images.height));
        updateGeometry();
    }
    update();
}

void PictureView::set_picture(const Picture& picture) {
    set_images(batch_of(picture));
}

void PictureView::clear() {
    set_images({});
}

void PictureView::set_empty_text(const QString& sentence) {
    empty_text_ = sentence;
    if (images_.empty()) setAccessibleDescription(sentence);
    update();
}

void PictureView::set_border(int series) {
    border_ = series;
    update();
}

void PictureView::set_selected(int index) {
    update_image(selected_);
    selected_ = index;
    update_image(selected_);
}

void PictureView::update_image(int index) {
    if (const QRect rect = image_rect(index); !rect.isEmpty())
        update(rect.adjusted(-gap_width - 1, -gap_width - 1, gap_width + 1, gap_width + 1));
}

void PictureView::set_only(int index) {
    only_ = index < images_.count ? index : -1;
    update();
}

QRect PictureView::image_rect(int index) const {
    const Layout layout = layout_now();
    if (index < layout.first || index >= layout.first + layout.count) return {};
    const QRect rect = layout.rect(index);
    return {(QPointF(rect.topLeft()) / layout.ratio).toPoint(),
            (QSizeF(rect.size()) / layout.ratio).toSize()};
}

QSize PictureView::sizeHint() const {
    return {10 * space::target, 10 * space::target};
}

QSize PictureView::minimumSizeHint() const {
    return {2 * space::target, 2 * space::target};
}

int PictureView::margin() const {
    return static_cast<int>(
        std::lround(((border_ >= 0 ? border_width : 0) + gap_width) * devicePixelRatioF()));
}

QSize PictureView::room() const {
    return (QSizeF(size()) * devicePixelRatioF()).toSize() - QSize(2 * margin(), 2 * margin());
}

PictureView::Layout PictureView::layout_now() const {
    Layout layout;
    if (images_.empty()) return layout;
    layout.ratio = devicePixelRatioF();
    layout.count = only_ >= 0 ? 1 : static_cast<int>(images_.count);
    layout.first = std::max(only_, 0);
    layout.gap = static_cast<int>(std::lround(gap_width * layout.ratio));
    const QSize available = room();
    const QSize image(images_.width, images_.height);

    const auto rows_for = [&](int columns) { return (layout.count + columns - 1) / columns; };
    const auto scale_for = [&](int columns) {
        const int rows = rows_for(columns);
        return PixelScale::fitting(image,
                                   {(available.width() - (columns - 1) * layout.gap) / columns,
                                    (available.height() - (rows - 1) * layout.gap) / rows},
                                   theme_.smooth_pictures());
    };
    // Always the same columns, as in exported grids, so that an image keeps its place when the pane is
    // resized.
    layout.columns = std::min(square_columns(layout.count), layout.count);
    layout.scale = scale_for(layout.columns);
    layout.cell = layout.scale.applied_to(image);
    const int rows = rows_for(layout.columns);
    const QSize whole(layout.columns * (layout.cell.width() + layout.gap) - layout.gap,
                      rows * (layout.cell.height() + layout.gap) - layout.gap);
    layout.origin = QPoint(margin(), margin()) + QPoint((available.width() - whole.width()) / 2,
                                                        (available.height() - whole.height()) / 2);
    return layout;
}

int PictureView::index_at(QPoint position) const {
    const Layout layout = layout_now();
    const QPoint device = (QPointF(position) * layout.ratio).toPoint();
    for (int i = layout.first; i < layout.first + layout.count; ++i)
        if (layout.rect(i).contains(device)) return i;
    return -1;
}

void PictureView::draw_mark(QPainter& painter, const Layout& layout, int index, const QColor& colour) const {
    if (index < layout.first || index >= layout.first + layout.count) return;
    const int width = layout.gap;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(
        QRectF(layout.rect(index)).adjusted(-width / 2.0, -width / 2.0, width / 2.0, width / 2.0));
}

// The enlarged pictures are not kept: in a large pane they would need as much memory as a dozen frames, and
// each step of a trajectory draws others.
void PictureView::draw_images(QPainter& painter, const Layout& layout, const QRegion& wanted) const {
    for (int i = layout.first; i < layout.first + layout.count; ++i) {
        if (!wanted.intersects(image_rect(i).adjusted(-1, -1, 1, 1))) continue;
        // In the format of the screen, so that painting converts nothing.
        const QImage image = to_image(picture_of(images_, i)).convertToFormat(QImage::Format_RGB32);
        painter.drawImage(layout.rect(i).topLeft(), layout.scale.scaled(image));
    }
}

void PictureView::paintEvent(QPaintEvent* event) {
    QPainter painter(this);
    painter.fillRect(rect(), theme_.colour(images_.empty() ? Colour::panel : Colour::backdrop));
    if (images_.empty()) {
        painter.setPen(theme_.colour(Colour::muted));
        painter.setFont(theme_.body());
        painter.drawText(rect().adjusted(space::group, space::group, -space::group, -space::group),
                         Qt::AlignCenter | Qt::TextWordWrap, empty_text_);
    }
    const Layout layout = layout_now();
    painter.save();
    painter.scale(1 / layout.ratio, 1 / layout.ratio);
    draw_images(painter, layout, event->region());
    if (layout.count > 1) {
        draw_mark(painter, layout, hovered_, theme_.colour(Colour::text));
        draw_mark(painter, layout, selected_, theme_.colour(Colour::accent));
    }
    painter.restore();

    const bool focused = hasFocus();
    if (border_ < 0 && !focused) return;
    const double half = border_width / 2.0;
    painter.setPen(QPen(focused ? theme_.colour(Colour::accent) : theme_.series(border_), border_width,
                        Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(QRectF(rect()).adjusted(half, half, -half, -half));
}

void PictureView::set_hovered(int index) {
    if (index == hovered_) return;
    update_image(hovered_);
    hovered_ = index;
    update_image(hovered_);
}

void PictureView::mouseMoveEvent(QMouseEvent* event) {
    const int before = hovered_;
    set_hovered(index_at(event->pos()));
    if (hovered_ == before || hovered_ < 0 || images_.count < 2) return;
    QToolTip::showText(event->globalPosition().toPoint(),
                       tr("Image %1 of %2").arg(hovered_ + 1).arg(images_.count), this, image_rect(hovered_));
}

void PictureView::leaveEvent(QEvent* event) {
    set_hovered(-1);
    QWidget::leaveEvent(event);
}

void PictureView::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    menu.setToolTipsVisible(true);
    QAction* smooth = menu.addAction(tr("Smooth pictures"));
    smooth->setToolTip(
        tr("Interpolates between the pixels of all pictures instead of showing them as squares"));
    smooth->setCheckable(true);
    smooth->setChecked(theme_.smooth_pictures());
    if (menu.exec(event->globalPos()) == smooth) Q_EMIT theme_.smooth_pictures_wanted(smooth->isChecked());
}

void PictureView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return QWidget::mousePressEvent(event);
    pressed_ = index_at(event->pos());
    if (pressed_ >= 0) Q_EMIT clicked(pressed_);
}

void PictureView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && pressed_ >= 0) Q_EMIT double_clicked(pressed_);
}

bool PictureView::moves_selection(int key) const {
    const bool arrow =
        key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
    return arrow && images_.count > 1 && only_ < 0;
}

bool PictureView::event(QEvent* event) {
    // With the focus, the arrow keys select an image instead of triggering the shortcuts of the window.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->modifiers() == Qt::NoModifier && moves_selection(key->key())) event->accept();
    }
    return QWidget::event(event);
}

void PictureView::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if (moves_selection(key)) {
        const int columns = layout_now().columns;
        const int delta = key == Qt::Key_Left    ? -1
                          : key == Qt::Key_Right ? 1
                          : key == Qt::Key_Up    ? -columns
                                                 : columns;
        const int target = selected_ < 0 ? 0 : selected_ + delta;
        if (target >= 0 && target < images_.count) set_selected(target);
        return;
    }
    const int chosen = std::max(only_ >= 0 ? only_ : selected_, 0);
    if ((key == Qt::Key_Return || key == Qt::Key_Enter) && !images_.empty()) {
        if (event->modifiers() & Qt::ShiftModifier)
            Q_EMIT double_clicked(chosen);
        else
            Q_EMIT clicked(chosen);
        return;
    }
    QWidget::keyPressEvent(event);
}

}  // namespace denoise::ui
