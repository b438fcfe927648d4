#pragma once

#include <QLabel>

#include "ui/theme/theme.h"

namespace denoise::ui {

/// A label, of the given kind, in the font and colour of captions.
template <class Label = QLabel>
Label* caption_label(const Theme& theme, Qt::TextFormat format = Qt::AutoText) {
    auto* label = new Label;
    label->setFont(theme.caption());
    label->setProperty("role", "caption");
    label->setTextFormat(format);
    return label;
}

}  // namespace denoise::ui
