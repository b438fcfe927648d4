#pragma once

#include <QIcon>
#include <QString>

class QToolButton;

namespace denoise::ui {

/// A button that is an icon alone; `name` is its tooltip and what screen readers say.
QToolButton* icon_button(const QIcon& icon, const QString& name);

}  // namespace denoise::ui
