#pragma once

#include <QLabel>

namespace denoise::ui {

/// A label whose wish for room does not follow its text, so that a changing number moves nothing. In a
/// narrow window it gives way and its text is cut.
class SteadyLabel : public QLabel {
  public:
    /// As wide as `widest` in the label's font at the time of asking.
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
