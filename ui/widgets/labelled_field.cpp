#include "ui/widgets/labelled_field.h"

#include <QLabel>
#include <QVBoxLayout>

#include "ui/theme/theme.h"

namespace denoise::ui {

QVBoxLayout* labelled_field(const Theme& theme, const QString& label, QWidget* field, const QString& tip) {
    auto* name = new QLabel(label);
    name->setProperty("role", "caption");
    name->setFont(theme.caption());
    name->setBuddy(field);
    field->setAccessibleName(label);
    if (!tip.isEmpty()) {
        field->setToolTip(tip);
        name->setToolTip(tip);
    }
    auto* column = new QVBoxLayout;
    column->setSpacing(space::tight);
    column->addWidget(name);
    column->addWidget(field);
    return column;
}

}  // namespace denoise::ui
