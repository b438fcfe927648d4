#pragma once

#include <QColor>
#include <QString>
#include <QVariant>

class QWidget;

namespace denoise::ui {

class Theme;

/// A mixture of `a` and `b`; `share` is that of `a`.
QColor mix(const QColor& a, const QColor& b, double share);

/// The style sheet of the program in the current colours of `theme`. Widgets choose a look by dynamic
/// properties: primary=true (the filled button), narrow=true (an icon with little room beside it),
/// role="page" | "panel" | "chart" | "message" | "chip" | "caption" | "problem".
QString style_sheet(const Theme& theme);

/// Sets such a property on a widget that may already be visible, and applies the style sheet again.
void set_look(QWidget& widget, const char* property, const QVariant& value);

}  // namespace denoise::ui
