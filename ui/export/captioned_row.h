#pragma once

#include <QImage>
#include <QString>
#include <vector>

#include "engine/session/events.h"

namespace denoise::ui {

class Theme;

/// A picture, and the lines below it. If it is a grid whose rows and columns mean something, also their
/// labels, with a title of those at the left side and of those at the top.
struct CaptionedGrid {
    Picture picture;
    QString caption;
    std::vector<QString> rows = {}, columns = {};
    QString side = {}, top = {};
};

/// Pictures side by side, each with its caption, under a common heading.
struct CaptionedRow {
    QString heading;
    std::vector<CaptionedGrid> grids;
    std::string recipe;  ///< JSON, for the text entry of a PNG
};

/// The largest scale at which the drawn row still has at most 64 megapixels; at least 1.
int largest_scale(const CaptionedRow& row);

/// Draws the row. Each pixel of the pictures becomes a square of scale by scale; the text keeps its size, and
/// its lines are broken to the width of the pictures.
QImage drawn_row(const CaptionedRow& row, int scale, const Theme& theme);

/// The recipes of several samples as one JSON object {"program", "version", "comparison": [...]}.
std::string recipe_of(const std::vector<SampleStarted>& samples);

}  // namespace denoise::ui
