#include "ui/panels/evaluation/pairs_view.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/picture/conversion.h"
#include "ui/text/format.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int largest_scale = 4;
constexpr int least_side = 48;  // of an image, if there is room
constexpr int between = 2;      // device pixels between a sample and its neighbour

}  // namespace

PairsView::PairsView(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setObjectName("pairs");
    setAccessibleName(tr("Samples and their nearest images of the dataset"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void PairsView::show_pairs(const NearestImages& score) {
    pairs_.clear();
    const auto count =
        std::min({score.indices.size(), score.distances.size(), static_cast<std::size_t>(score.images.count),
                  static_cast<std::size_t>(score.neighbours.count)});
    for (std::size_t i = 0; i < count; ++i) {
        const auto at = static_cast<std::int64_t>(i);
        pairs_.push_back({to_image(picture_of(score.images, at)), to_image(picture_of(score.neighbours, at)),
                          static_cast<int>(i) + 1, score.indices[i], score.distances[i]});
    }
    std::ranges::stable_sort(pairs_, {}, &Pair::distance);
    setAccessibleDescription(pairs_.empty() ? QString() : describe(pairs_.front()));
    fit_height();
    update();
}

QString PairsView::describe(const Pair& pair) const {
    return tr("Sample %1 and image %2 of the dataset, distance %3")
        .arg(pair.number)
        .arg(count_text(pair.index), measure_text(pair.distance));
}

PairsView::Layout PairsView::layout_at(int scale, int width) const {
    const QImage& image = pairs_.front().sample;
    const double ratio = devicePixelRatioF();
    const int caption = static_cast<int>(std::ceil(QFontMetricsF(theme_.caption()).height() * ratio));
    const int gap = static_cast<int>(space::group * ratio);
    Layout layout;
    layout.scale = scale;
    layout.cell = {2 * image.width() * scale + between + gap, image.height() * scale + caption + gap / 2};
    layout.columns = std::max(1, (width + gap) / layout.cell.width());
    return layout;
}

/// The smallest scale at which images are recognisable, if two pairs fit side by side at it.
int PairsView::least_scale(int width) const {
    int scale = 1;
    while (scale < largest_scale &&
           pairs_.front().sample.width() * scale < least_side * devicePixelRatioF() &&
           layout_at(scale + 1, width).columns > 1)
        ++scale;
    return scale;
}

/// At the largest scale that needs no scrolling, or at least_scale().
PairsView::Layout PairsView::layout_now() const {
    const QWidget* place = parentWidget() ? parentWidget() : this;
    const double ratio = devicePixelRatioF();
    const int width = static_cast<int>(place->width() * ratio),
              height = static_cast<int>(place->height() * ratio);
    const int least = least_scale(width);
    for (int scale = largest_scale; scale > least; --scale) {
        const Layout layout = layout_at(scale, width);
        if (layout.rows(pairs_.size()) * layout.cell.height() <= height && layout.cell.width() <= width)
            return layout;
    }
    return layout_at(least, width);
}

void PairsView::fit_height() {
    int height = 0;
    if (!pairs_.empty()) {
        const Layout layout = layout_now();
        height = static_cast<int>(
            std::ceil(layout.rows(pairs_.size()) * layout.cell.height() / devicePixelRatioF()));
    }
    if (height != minimumHeight()) setMinimumHeight(height);
}

QSize PairsView::sizeHint() const {
    return {240, std::max(minimumHeight(), 96)};
}

void PairsView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit_height();
}

void PairsView::paintEvent(QPaintEvent*) {
    if (pairs_.empty()) return;
    const Layout layout = layout_now();
    const double ratio = devicePixelRatioF();
    QPainter painter(this);
    QFont font = theme_.caption();
    painter.scale(1 / ratio, 1 / ratio);
    font.setPointSizeF(font.pointSizeF() * ratio);
    painter.setFont(font);
    painter.setPen(theme_.colour(Colour::muted));
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
        const int at = static_cast<int>(i);
        const QPoint corner(at % layout.columns * layout.cell.width(),
                            at / layout.columns * layout.cell.height());
        const QSize size = pairs_[i].sample.size() * layout.scale;
        painter.drawImage(QRect(corner, size), pairs_[i].sample);
        painter.drawImage(QRect(corner + QPoint(size.width() + between, 0), size), pairs_[i].neighbour);
        painter.drawText(QRect(corner + QPoint(0, size.height()),
                               QSize(2 * size.width() + between, QFontMetrics(font).height())),
                         Qt::AlignHCenter | Qt::AlignTop, measure_text(pairs_[i].distance));
    }
}

bool PairsView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || pairs_.empty()) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const Layout layout = layout_now();
    const QPoint device = help->pos() * devicePixelRatioF();
    const int column = device.x() / layout.cell.width(), row = device.y() / layout.cell.height();
    const auto at = static_cast<std::size_t>(row * layout.columns + column);
    if (column < layout.columns && at < pairs_.size())
        QToolTip::showText(help->globalPos(), describe(pairs_[at]), this);
    else
        QToolTip::hideText();
    return true;
}

}  // namespace denoise::ui
