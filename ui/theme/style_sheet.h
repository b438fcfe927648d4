#pragma once

#include <QColor>
#include <QString>
#include <QVariant>

class QWidget;

namespace denoise::ui {

class Theme;

/// `share` of `a` and the rest of `b`.
QColor mix(const QColor& a, const QColor& b, double share);

/// The style sheet of the whole program in the theme's present colours. Widgets ask for a look by dynamic
/// properties: primary=true (the one filled button), role="card" | "page" | "caption" | "title" | "problem".
QString style_sheet(const Theme& theme);

/// Sets such a property on a widget that may have been drawn already: a style sheet looks only once.
void set_look(QWidget& widget, const char* property, const QVariant& value);

}  // namespace denoise::ui
