#include "ui/pages/compare/map_grid.h"

#include <QFontMetrics>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>

#include "ui/picture/conversion.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int gap = space::tight / 2;
constexpr QPoint no_cell{-1, -1};

bool moves_cell(int key) {
    return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Up || key == Qt::Key_Down;
}

}  // namespace

/// The geometry of the grid, in widget pixels.
struct MapGrid::Layout {
    QPoint origin;     ///< of the first cell
    QSize cell;        ///< without the gap
    PixelScale scale;  ///< of the pictures, in device pixels
    int line = 0;      ///< the height of a line of labels
    int every = 1;     ///< so many columns share a label, where there is no room for more

    QRect rect(QPoint at) const {
        return {origin + QPoint(at.x() * (cell.width() + gap), at.y() * (cell.height() + gap)), cell};
    }
};

MapGrid::MapGrid(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Map of checkpoints and timesteps"));
    connect(&theme_, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void MapGrid::set_labels(std::vector<QString> rows, std::vector<QString> columns, QString side, QString top) {
    if (rows.size() != rows_.size() || columns.size() != columns_.size())
        pictures_.assign(rows.size() * columns.size(), {});
    rows_ = std::move(rows);
    columns_ = std::move(columns);
    side_ = std::move(side);
    top_ = std::move(top);
    if (!is_inside(chosen_)) chosen_ = no_cell;
    if (!is_inside(hovered_)) hovered_ = no_cell;
    update();
}

void MapGrid::set_picture(int row, int column, const Picture& picture) {
    pictures_.at(static_cast<std::size_t>(row) * columns_.size() + static_cast<std::size_t>(column)) =
        picture.empty() ? QImage() : to_image(picture);
    update();
}

void MapGrid::set_mark(int series) {
    mark_ = series;
    update();
}

void MapGrid::set_empty_text(const QString& sentence) {
    empty_text_ = sentence;
    update();
}

bool MapGrid::is_inside(QPoint cell) const {
    return cell.x() >= 0 && cell.x() < columns() && cell.y() >= 0 && cell.y() < rows();
}

void MapGrid::choose(QPoint cell) {
    if (!is_inside(cell) || cell == chosen_) return;
    chosen_ = cell;
    update();
    Q_EMIT shown_changed();
}

void MapGrid::hover(QPoint cell) {
    if (!is_inside(cell)) cell = no_cell;
    if (cell == hovered_) return;
    hovered_ = cell;
    update();
    Q_EMIT shown_changed();
}

QSize MapGrid::sizeHint() const {
    return {16 * space::target, 10 * space::target};
}

QSize MapGrid::minimumSizeHint() const {
    return {9 * space::target, 5 * space::target};
}

MapGrid::Layout MapGrid::layout_now() const {
    Layout layout;
    const QFontMetrics metrics(theme_.caption());
    layout.line = metrics.height();
    int side = metrics.horizontalAdvance(side_), label = 0;
    for (const QString& row : rows_) side = std::max(side, metrics.horizontalAdvance(row));
    for (const QString& column : columns_) label = std::max(label, metrics.horizontalAdvance(column));
    const int left = side + space::control, top = 2 * layout.line + space::tight;
    const QSize most((width() - left) / std::max(1, columns()) - gap,
                     (height() - top) / std::max(1, rows()) - gap);
    const auto known = std::ranges::find_if_not(pictures_, &QImage::isNull);
    const int square = std::max(1, std::min(most.width(), most.height()));
    layout.cell = {square, square};
    if (known != pictures_.end()) {
        const double ratio = devicePixelRatioF();
        layout.scale = PixelScale::fitting(known->size(), (QSizeF(most) * ratio).toSize().expandedTo({1, 1}),
                                           theme_.smooth_pictures());
        layout.cell = (QSizeF(layout.scale.applied_to(known->size())) / ratio).toSize().expandedTo({1, 1});
    }
    layout.origin = {left, top};
    layout.every = 1 + (label + space::tight) / (layout.cell.width() + gap);
    return layout;
}

QRect MapGrid::cell_rect(QPoint cell) const {
    return layout_now().rect(cell);
}

QPoint MapGrid::cell_at(QPoint position) const {
    const Layout layout = layout_now();
    const QPoint from = position - layout.origin;
    if (from.x() < 0 || from.y() < 0) return no_cell;
    const QPoint cell(from.x() / (layout.cell.width() + gap), from.y() / (layout.cell.height() + gap));
    return is_inside(cell) ? cell : no_cell;
}

void MapGrid::draw_labels(QPainter& painter, const Layout& layout) const {
    painter.setFont(theme_.caption());
    painter.setPen(theme_.colour(Colour::muted));
    const int label_width = layout.origin.x() - space::control;
    painter.drawText(QRect(layout.origin.x(), 0, width() - layout.origin.x(), layout.line), Qt::AlignLeft,
                     top_);
    painter.drawText(QRect(0, layout.line, label_width, layout.line), Qt::AlignRight, side_);
    for (int row = 0; row < rows(); ++row) {
        const QRect place = layout.rect({0, row});
        painter.setPen(theme_.colour(row == shown().y() ? Colour::text : Colour::muted));
        painter.drawText(QRect(0, place.top(), label_width, place.height()),
                         Qt::AlignRight | Qt::AlignVCenter, rows_[static_cast<std::size_t>(row)]);
    }
    // The last label always; the others as far as they fit before it.
    for (int column = columns() - 1; column >= 0; column -= layout.every) {
        const QRect place = layout.rect({column, 0});
        painter.setPen(theme_.colour(column == shown().x() ? Colour::text : Colour::muted));
        painter.drawText(QRect(place.center().x() - layout.cell.width() * layout.every, layout.line,
                               2 * layout.cell.width() * layout.every, layout.line),
                         Qt::AlignHCenter, columns_[static_cast<std::size_t>(column)]);
    }
}

void MapGrid::draw_picture(QPainter& painter, const Layout& layout, QPoint cell) const {
    const QImage& image =
        pictures_[static_cast<std::size_t>(cell.y()) * columns_.size() + static_cast<std::size_t>(cell.x())];
    const QRect place = layout.rect(cell);
    if (image.isNull()) return painter.fillRect(place, theme_.colour(Colour::backdrop));
    const double ratio = devicePixelRatioF();
    painter.save();
    painter.scale(1 / ratio, 1 / ratio);
    layout.scale.draw(painter, (QPointF(place.topLeft()) * ratio).toPoint(), image);
    painter.restore();
}

void MapGrid::draw_mark(QPainter& painter, QPoint cell, const QColor& colour) const {
    if (!is_inside(cell)) return;
    painter.setPen(QPen(colour, gap, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(cell_rect(cell)).adjusted(-gap / 2.0, -gap / 2.0, gap / 2.0, gap / 2.0));
}

void MapGrid::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (rows_.empty() || columns_.empty()) {
        painter.fillRect(rect(), theme_.colour(Colour::panel));
        painter.setPen(theme_.colour(Colour::muted));
        painter.setFont(theme_.body());
        painter.drawText(rect().adjusted(space::group, 0, -space::group, 0),
                         Qt::AlignCenter | Qt::TextWordWrap, empty_text_);
        return;
    }
    const Layout layout = layout_now();
    draw_labels(painter, layout);
    for (int row = 0; row < rows(); ++row)
        for (int column = 0; column < columns(); ++column) draw_picture(painter, layout, {column, row});
    draw_mark(painter, chosen_, theme_.colour(Colour::accent));
    const bool is_for_keys = hasFocus() && shown() == chosen_;
    if (!is_for_keys) draw_mark(painter, shown(), theme_.series(mark_));
}

void MapGrid::mouseMoveEvent(QMouseEvent* event) {
    const QPoint cell = cell_at(event->pos());
    if (event->buttons() & Qt::LeftButton && is_inside(cell)) {
        choose(cell);
        Q_EMIT chosen_by_hand();
    }
    hover(cell);
}

void MapGrid::mousePressEvent(QMouseEvent* event) {
    const QPoint cell = cell_at(event->pos());
    if (event->button() != Qt::LeftButton || !is_inside(cell)) return;
    choose(cell);
    Q_EMIT chosen_by_hand();
}

void MapGrid::leaveEvent(QEvent* event) {
    hover(no_cell);
    QWidget::leaveEvent(event);
}

bool MapGrid::event(QEvent* event) {
    // With the focus, the arrow keys choose a cell instead of triggering the shortcuts of the window.
    if (event->type() == QEvent::ShortcutOverride) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->modifiers() == Qt::NoModifier && moves_cell(key->key())) event->accept();
    }
    return QWidget::event(event);
}

void MapGrid::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if (!moves_cell(key) || event->modifiers() != Qt::NoModifier) return QWidget::keyPressEvent(event);
    hover(no_cell);  // a pointer that rests on the map would hide what the keys do
    choose(chosen_.x() < 0 ? QPoint(0, 0)
                           : chosen_ + QPoint((key == Qt::Key_Right) - (key == Qt::Key_Left),
                                              (key == Qt::Key_Down) - (key == Qt::Key_Up)));
    Q_EMIT chosen_by_hand();
}

}  // namespace denoise::ui
