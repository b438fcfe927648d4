#include "ui/export/captioned_row.h"

#include <QFontMetrics>
#include <QPainter>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/session/recipe.h"
#include "ui/picture/conversion.h"
#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

constexpr int least_width = 7 * space::target;  ///< in which a caption is legible
constexpr double most_pixels = 64e6;
constexpr int most_scale = 32;
constexpr int wrapped = Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap;

int text_height(const QFont& font, const QString& text, int width) {
    return QFontMetrics(font).boundingRect(0, 0, width, 1 << 16, wrapped, text).height();
}

/// The room for the labels of a grid, at its left side and its top.
QSize label_room(const CaptionedGrid& grid, const QFontMetrics& metrics) {
    if (grid.rows.empty() || grid.columns.empty()) return {0, 0};
    int side = metrics.horizontalAdvance(grid.side);
    for (const QString& label : grid.rows) side = std::max(side, metrics.horizontalAdvance(label));
    return {side + space::control, 2 * metrics.height() + space::tight};
}

/// Draws the labels around the picture at `place`.
void draw_labels(QPainter& painter, const CaptionedGrid& grid, const QRect& place) {
    if (grid.rows.empty() || grid.columns.empty()) return;
    const QFontMetrics metrics = painter.fontMetrics();
    const QSize room = label_room(grid, metrics);
    const int line = metrics.height(), left = place.left() - room.width(), top = place.top() - room.height();
    const int side = room.width() - space::control;
    painter.drawText(QRect(place.left(), top, metrics.horizontalAdvance(grid.top), line), Qt::AlignLeft,
                     grid.top);
    painter.drawText(QRect(left, top + line, side, line), Qt::AlignRight, grid.side);
    const auto rows = static_cast<int>(grid.rows.size()), columns = static_cast<int>(grid.columns.size());
    for (int row = 0; row < rows; ++row)
        painter.drawText(QRect(left, place.top() + place.height() * row / rows, side, place.height() / rows),
                         Qt::AlignRight | Qt::AlignVCenter, grid.rows[static_cast<std::size_t>(row)]);
    // The last label always; of the others, as many as there is room for.
    const int pitch = std::max(1, place.width() / columns);
    int widest = 0;
    for (const QString& label : grid.columns) widest = std::max(widest, metrics.horizontalAdvance(label));
    const int every = 1 + (widest + space::tight) / pitch;
    for (int column = columns - 1; column >= 0; column -= every) {
        const QString& label = grid.columns[static_cast<std::size_t>(column)];
        const int centre = place.left() + place.width() * (2 * column + 1) / (2 * columns);
        painter.drawText(QRect(centre - widest, top + line, 2 * widest, line), Qt::AlignHCenter, label);
    }
}

}  // namespace

int largest_scale(const CaptionedRow& row) {
    double pixels = 1;
    for (const CaptionedGrid& grid : row.grids)
        pixels += static_cast<double>(grid.picture.width) * grid.picture.height;
    int scale = 1;
    while (scale < most_scale && pixels * (scale + 1) * (scale + 1) <= most_pixels) ++scale;
    return scale;
}

QImage drawn_row(const CaptionedRow& row, int scale, const Theme& theme) {
    std::vector<QRect> pictures;
    int x = space::group, tallest = 0, captions = 0;
    for (const CaptionedGrid& grid : row.grids) {
        const QSize size(grid.picture.width * scale, grid.picture.height * scale);
        const QSize labels = label_room(grid, QFontMetrics(theme.caption()));
        pictures.emplace_back(QPoint(x + labels.width(), labels.height()), size);
        const int width = std::max(size.width(), least_width);
        x += labels.width() + width + space::group;
        tallest = std::max(tallest, labels.height() + size.height());
        captions = std::max(captions, text_height(theme.caption(), grid.caption, width));
    }
    const int width = std::max(x, 2 * space::group + least_width);
    const int heading = text_height(theme.group_title(), row.heading, width - 2 * space::group);
    const int top = space::group + heading + space::control;
    QImage image(width, top + tallest + space::control + captions + space::group, QImage::Format_RGB888);
    image.fill(theme.colour(Colour::panel));

    QPainter painter(&image);
    painter.setPen(theme.colour(Colour::text));
    painter.setFont(theme.group_title());
    painter.drawText(QRect(space::group, space::group, width - 2 * space::group, heading), wrapped,
                     row.heading);
    painter.setFont(theme.caption());
    painter.setPen(theme.colour(Colour::muted));
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const QRect place = pictures[i].translated(0, top);
        painter.drawImage(place, to_image(row.grids[i].picture));
        draw_labels(painter, row.grids[i], place);
        painter.drawText(QRect(place.left(), top + tallest + space::control,
                               std::max(place.width(), least_width), captions),
                         wrapped, row.grids[i].caption);
    }
    return image;
}

std::string recipe_of(const std::vector<SampleStarted>& samples) {
    nlohmann::ordered_json recipe = {{"program", "denoise-lab"}, {"version", DENOISE_LAB_VERSION}};
    for (const SampleStarted& sample : samples) recipe["comparison"].push_back(recipe_of(sample));
    return recipe.dump();
}

}  // namespace denoise::ui
