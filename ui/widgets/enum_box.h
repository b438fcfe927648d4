#pragma once

#include <QComboBox>
#include <algorithm>

#include "engine/base/enum_names.h"

namespace denoise::ui {

/// Adds all values of an enum to `box` by their titles, with their help as tooltips.
template <NamedEnum Enum>
void add_values(QComboBox& box) {
    for (const NamedValue<Enum>& entry : names_of<Enum>) {
        box.addItem(QString::fromUtf8(entry.title));
        box.setItemData(box.count() - 1, QString::fromUtf8(entry.help), Qt::ToolTipRole);
    }
}

/// The value that is chosen in a box filled by add_values().
template <NamedEnum Enum>
Enum chosen_value(const QComboBox& box) {
    return names_of<Enum>[static_cast<std::size_t>(std::max(0, box.currentIndex()))].value;
}

}  // namespace denoise::ui
