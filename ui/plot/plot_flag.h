#pragma once

#include <QString>

namespace denoise::ui {

/// A dashed line at an x of a chart, with a text beside it.
struct PlotFlag {
    double x = 0;
    QString text;
};

}  // namespace denoise::ui
