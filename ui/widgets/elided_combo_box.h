#pragma once

#include <QComboBox>
#include <QStylePainter>

namespace denoise::ui {

/// A combo box whose text is replaced by its item's short text where it does not fit, and has an ellipsis
/// where that does not fit either, at its end or in its middle. With a style sheet, Qt cuts it off.
class ElidedComboBox : public QComboBox {
  public:
    /// Of the short text of an item; without one, the text itself is elided.
    static constexpr int short_text_role = Qt::UserRole + 1;

    explicit ElidedComboBox(Qt::TextElideMode mode = Qt::ElideRight, QWidget* parent = nullptr)
        : QComboBox(parent), mode_(mode) {}

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
        const int room = field.width() - icon;
        // A text as wide as the field was given by its size hint, and fits.
        const auto fits = [&] {
            return fontMetrics().horizontalAdvance(option.currentText) <= room + text_margin;
        };
        if (const QString text = currentData(short_text_role).toString(); !fits() && !text.isEmpty())
            option.currentText = text;
        if (!fits())
            option.currentText = fontMetrics().elidedText(option.currentText, mode_, room - 2 * text_margin);
        painter.drawComplexControl(QStyle::CC_ComboBox, option);
        painter.drawControl(QStyle::CE_ComboBoxLabel, option);
    }

  private:
    Qt::TextElideMode mode_;
};

}  // namespace denoise::ui
