#pragma once

#include <QPointF>
#include <QString>
#include <string>
#include <vector>

namespace denoise::ui {

/// A curve with the title of its column.
struct PlotColumn {
    QString title;
    std::vector<QPointF> points;  ///< sorted by x
};

/// The points of all curves as comma-separated values: a line of titles, and a line for each x, with an empty
/// field where a curve has no point. Numbers have all their digits, and a point as in all languages.
std::string csv_text(const QString& x_title, const std::vector<PlotColumn>& columns);

}  // namespace denoise::ui
