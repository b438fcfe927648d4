#pragma once

#include <QLabel>

namespace denoise::ui {

/// A label whose preferred width does not depend on its text, so that a changing number does not move other
/// widgets. In a narrow window the text is cut.
class SteadyLabel : public QLabel {
  public:
    /// Its preferred width is that of `widest` in its current font.
    explicit SteadyLabel(QString widest, QWidget* parent = nullptr)
        : QLabel(parent), widest_(std::move(widest)) {}

    QSize sizeHint() const override {
        return {fontMetrics().horizontalAdvance(widest_) + 4, QLabel::sizeHint().height()};
    }
    QSize minimumSizeHint() const override { return {24, QLabel::minimumSizeHint().height()}; }

  private:
    QString widest_;
};

}  // namespace denoise::ui
