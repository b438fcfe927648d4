#pragma once

#include <QTreeView>
#include <algorithm>

#include "ui/theme/theme.h"

namespace denoise::ui {

/// Makes each column as wide as its contents, except the last, which gets the rest.
inline void fit_columns(QTreeView& view) {
    for (int column = 0; column + 1 < view.model()->columnCount(); ++column) {
        view.resizeColumnToContents(column);
        view.setColumnWidth(column, view.columnWidth(column) + space::group);
    }
}

/// Limits the width of a column with names: a wide view has room for whole names, up to a part of its width.
inline void limit_names(QTreeView& view, int column, int least, int part) {
    view.setColumnWidth(column,
                        std::clamp(view.columnWidth(column), least, std::max(least, view.width() / part)));
}

}  // namespace denoise::ui
