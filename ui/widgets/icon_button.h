#pragma once

#include <QIcon>
#include <QString>

class QToolButton;

namespace denoise::ui {

/// A button with only an icon; `name` is its tooltip and its accessible name.
QToolButton* icon_button(const QIcon& icon, const QString& name);

}  // namespace denoise::ui
