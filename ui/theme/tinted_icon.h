#pragma once

#include <QIcon>

#include "ui/theme/theme.h"

namespace denoise::ui {

/// The shape of an icon (a freedesktop name, or ":/icons/NAME.svg" of ours) filled with one of the theme's
/// colours. The colour is looked up when it is painted, so that it follows the theme.
QIcon tinted_icon(const Theme& theme, const QString& name, Colour tint);

}  // namespace denoise::ui
