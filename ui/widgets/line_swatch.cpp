#include "ui/widgets/line_swatch.h"

#include <QPainter>

#include "ui/theme/theme.h"

namespace denoise::ui {

LineSwatch::LineSwatch(const Theme& theme, int series, QWidget* parent)
    : QWidget(parent), theme_(theme), series_(series) {
    setFixedSize(sizeHint());
    connect(&theme_, &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize LineSwatch::sizeHint() const {
    return {space::target, space::control};
}

void LineSwatch::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setPen(QPen(theme_.series(series_), space::tight / 2, theme_.series_style(series_), Qt::FlatCap));
    painter.drawLine(QPointF(0, height() / 2.0), QPointF(width(), height() / 2.0));
}

}  // namespace denoise::ui
