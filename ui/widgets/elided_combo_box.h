#pragma once

#include <QComboBox>
#include <QStylePainter>

namespace denoise::ui {

/// A combo box whose text ends with an ellipsis where it does not fit. With a style sheet, Qt cuts it off.
class ElidedComboBox : public QComboBox {
  public:
    using QComboBox::QComboBox;

  protected:
    void paintEvent(QPaintEvent*) override {
        QStylePainter painter(this);
        QStyleOptionComboBox option;
        initStyleOption(&option);
        const QRect field =
            style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this);
        constexpr int icon_margin = 4;  // as in QCommonStyle
        const int icon = option.currentIcon.isNull() ? 0 : option.iconSize.width() + icon_margin;
        constexpr int text_margin = 1;
        option.currentText = fontMetrics().elidedText(option.currentText, Qt::ElideRight,
                                                      field.width() - icon - 2 * text_margin);
        painter.drawComplexControl(QStyle::CC_ComboBox, option);
        painter.drawControl(QStyle::CE_ComboBoxLabel, option);
    }
};

}  // namespace denoise::ui
