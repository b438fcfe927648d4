#include "ui/picture/film_strip.h"

#include <QEvent>
#include <QFontMetrics>
#include <QMouseEvent>
#include <QPaintEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/picture/conversion.h"
#include "ui/picture/pixel_scale.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int margin = space::tight;
constexpr int thumbnail = 2 * space::target, small_thumbnail = space::target + space::control;

}  // namespace

/// The thumbnails in device pixels: `shown` of the frames, `pitch` apart.
struct FilmStrip::Layout {
    double ratio = 1;
    PixelScale scale;
    QSize cell;
    int shown = 0;
    double pitch = 0;
    double left = 0;
    int top = 0;

    double left_of(int place) const { return left + place * pitch; }
};

FilmStrip::FilmStrip(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Film strip"));
    setCursor(Qt::PointingHandCursor);
    connect(&theme_, &Theme::changed, this, &FilmStrip::refresh);  // pictures may be smooth now
}

void FilmStrip::set_frames(int count, Frame frame) {
    count_ = count;
    frame_ = std::move(frame);
    picture_size_ = {};
    setAccessibleDescription(tr("Frames: %1").arg(count));
    refresh();
}

void FilmStrip::refresh() {
    drawn_.clear();
    update();
}

void FilmStrip::set_current(int index) {
    if (index == current_) return;
    const Layout layout = layout_now();
    const int before = place_of_current(layout);
    current_ = index;
    const int now = place_of_current(layout);
    for (const int place : {before, now})
        if (place >= 0) update(rect_of(layout, place));
}

void FilmStrip::set_caption(std::function<QString(int)> caption) {
    caption_ = std::move(caption);
    updateGeometry();
    update();
}

void FilmStrip::set_compact(bool compact) {
    if (compact == compact_) return;
    compact_ = compact;
    updateGeometry();
    update();
}

int FilmStrip::side() const {
    return compact_ ? small_thumbnail : thumbnail;
}

int FilmStrip::caption_height() const {
    return caption_ ? QFontMetrics(theme_.caption()).height() + space::tight / 2 : 0;
}

/// Of the wider of the captions at the ends, where the longest numbers are.
int FilmStrip::caption_width() const {
    if (!caption_ || count_ == 0) return 0;
    const QFontMetrics metrics(theme_.caption());
    return std::max(metrics.horizontalAdvance(caption_(0)), metrics.horizontalAdvance(caption_(count_ - 1)));
}

QSize FilmStrip::sizeHint() const {
    return {8 * (side() + margin), side() + 2 * margin + caption_height()};
}

QSize FilmStrip::minimumSizeHint() const {
    return {2 * (side() + margin), sizeHint().height()};
}

void FilmStrip::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) updateGeometry();
    QWidget::changeEvent(event);
}

FilmStrip::Layout FilmStrip::layout_now() const {
    Layout layout;
    layout.ratio = devicePixelRatioF();
    const int side = static_cast<int>(this->side() * layout.ratio);
    const QSize picture = picture_size_.isEmpty() ? QSize(side, side) : picture_size_;
    layout.scale = PixelScale::fitting(picture, {2 * side, side}, theme_.smooth_pictures());
    layout.cell = layout.scale.applied_to(picture);
    const double gap = margin * layout.ratio;
    const double caption = caption_width() * layout.ratio;
    const double edge = std::max(gap, (caption - layout.cell.width()) / 2);  // captions may be wider
    const double room = width() * layout.ratio - 2 * edge;
    // Captions without some air between them read as one line of text.
    const double least = std::max(layout.cell.width() + gap, caption > 0 ? caption + 2 * gap : 0);
    const int fitting = 1 + static_cast<int>(std::max(0.0, room - layout.cell.width()) / least);
    layout.shown = std::clamp(fitting, std::min(count_, 1), std::max(count_, 0));
    layout.pitch = layout.shown > 1 ? (room - layout.cell.width()) / (layout.shown - 1) : least;
    layout.left = edge;
    layout.top = static_cast<int>(gap) + (side - layout.cell.height()) / 2;
    return layout;
}

QPoint FilmStrip::point_of(int index) const {
    const Layout layout = layout_now();
    const double place = count_ > 1 ? static_cast<double>(index) * (layout.shown - 1) / (count_ - 1) : 0;
    const double x = layout.left + place * layout.pitch + layout.cell.width() / 2.0;
    return QPointF(x / layout.ratio, (layout.top + layout.cell.height() / 2.0) / layout.ratio).toPoint();
}

int FilmStrip::index_of(const Layout& layout, int place) const {
    if (layout.shown < 2) return 0;
    return static_cast<int>(std::lround(static_cast<double>(place) * (count_ - 1) / (layout.shown - 1)));
}

int FilmStrip::place_of_current(const Layout& layout) const {
    if (current_ < 0) return -1;
    if (layout.shown < 2) return 0;
    int place =
        static_cast<int>(std::lround(static_cast<double>(current_) * (layout.shown - 1) / (count_ - 1)));
    // During sampling, the nearest thumbnail may belong to a frame that does not exist yet.
    while (place > 0 && index_of(layout, place) > current_ && frame_(index_of(layout, place)).empty())
        --place;
    return place;
}

QRect FilmStrip::rect_of(const Layout& layout, int place) const {
    const double width = layout.cell.width() / layout.ratio, left = layout.left_of(place) / layout.ratio;
    return QRectF(left - space::group, 0, width + 2 * space::group, height()).toAlignedRect();
}

QImage FilmStrip::scaled_frame(const Layout& layout, int index, bool keep) {
    if (drawn_size_ != layout.cell) drawn_.clear();
    drawn_size_ = layout.cell;
    if (const auto found = drawn_.find(index); found != drawn_.end()) return found->second;
    const Picture picture = frame_(index);
    if (picture.empty()) return {};
    // In the format of the screen, so that painting converts nothing.
    const QImage image = to_image(picture).convertToFormat(QImage::Format_RGB32);
    QImage scaled = layout.scale.scaled(image);
    if (keep) drawn_[index] = scaled;
    return scaled;
}

void FilmStrip::paintEvent(QPaintEvent* event) {
    if (count_ == 0 || !frame_) return;
    if (picture_size_.isEmpty()) {
        const Picture first = frame_(0);
        picture_size_ = {first.width, first.height};
    }
    QPainter painter(this);
    const Layout layout = layout_now();
    painter.scale(1 / layout.ratio, 1 / layout.ratio);
    painter.setFont(theme_.caption());
    painter.setBrush(Qt::NoBrush);
    const int marked = place_of_current(layout);
    for (int place = 0; place < layout.shown; ++place)
        if (event->region().intersects(rect_of(layout, place)))
            draw_place(painter, layout, place, place == marked);
}

void FilmStrip::draw_place(QPainter& painter, const Layout& layout, int place, bool is_marked) {
    // The marked thumbnail is of the current frame itself, although it may lie between two others.
    const int own = index_of(layout, place), index = is_marked ? current_ : own;
    const QRect cell(QPoint(static_cast<int>(std::lround(layout.left_of(place))), layout.top), layout.cell);
    if (const QImage image = scaled_frame(layout, index, index == own); !image.isNull()) {
        painter.drawImage(cell.topLeft(), image);
    } else {
        painter.setPen(QPen(theme_.colour(Colour::line), layout.ratio));
        painter.drawRect(QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5));
    }
    if (is_marked) {
        const double width = space::tight / 2 * layout.ratio;
        painter.setPen(
            QPen(theme_.colour(Colour::accent), width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
        painter.drawRect(QRectF(cell).adjusted(-width / 2, -width / 2, width / 2, width / 2));
    }
    if (!caption_) return;
    painter.save();
    painter.translate(cell.left(), cell.bottom() + 1 + space::tight / 2 * layout.ratio);
    painter.scale(layout.ratio, layout.ratio);
    painter.setPen(theme_.colour(is_marked ? Colour::accent : Colour::muted));
    const int room = static_cast<int>(layout.cell.width() / layout.ratio);
    painter.drawText(QRect(-space::group, 0, room + 2 * space::group, caption_height()),
                     Qt::AlignHCenter | Qt::AlignTop, caption_(index));
    painter.restore();
}

void FilmStrip::choose(int index) {
    index = std::clamp(index, 0, count_ - 1);
    if (index != current_) Q_EMIT chosen(index);
}

void FilmStrip::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || count_ == 0) return;
    // A click chooses the frame of the thumbnail; only dragging reaches the frames between two thumbnails.
    const Layout layout = layout_now();
    const double x = event->position().x() * layout.ratio - layout.left;
    const int place = std::clamp(static_cast<int>(x / layout.pitch), 0, layout.shown - 1);
    choose(index_of(layout, place));
}

void FilmStrip::mouseMoveEvent(QMouseEvent* event) {
    if (!(event->buttons() & Qt::LeftButton) || count_ < 2) return;
    const Layout layout = layout_now();
    const double x = event->position().x() * layout.ratio - layout.left - layout.cell.width() / 2.0;
    const double place = layout.shown > 1 ? x / layout.pitch / (layout.shown - 1) : 0;
    choose(static_cast<int>(std::lround(place * (count_ - 1))));
}

}  // namespace denoise::ui
