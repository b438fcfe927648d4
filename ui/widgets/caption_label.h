#pragma once

#include <QLabel>

#include "ui/theme/theme.h"

namespace denoise::ui {

/// A label in the font and colour of captions.
inline QLabel* caption_label(const Theme& theme, Qt::TextFormat format = Qt::AutoText) {
    auto* label = new QLabel;
    label->setFont(theme.caption());
    label->setProperty("role", "caption");
    label->setTextFormat(format);
    return label;
}

}  // namespace denoise::ui
