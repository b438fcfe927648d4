#include "ui/widgets/icon_button.h"

#include <QToolButton>

#include "ui/theme/theme.h"

namespace denoise::ui {

QToolButton* icon_button(const QIcon& icon, const QString& name) {
    auto* button = new QToolButton;
    button->setIcon(icon);
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setMinimumSize(space::target, space::target);
    return button;
}

}  // namespace denoise::ui
