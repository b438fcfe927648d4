#pragma once

#include <QIcon>

#include "ui/theme/theme.h"

namespace denoise::ui {

/// The shape of an icon (a freedesktop name, or ":/icons/NAME.svg") filled with a colour of the theme. The
/// colour is looked up when the icon is painted, so that it follows changes of the theme.
QIcon tinted_icon(const Theme& theme, const QString& name, Colour tint);

}  // namespace denoise::ui
