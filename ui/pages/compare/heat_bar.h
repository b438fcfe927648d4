#pragma once

#include <QWidget>

namespace denoise::ui {

class Theme;

/// The scale of a heat map: its colours from 0 to the largest value, with both numbers.
class HeatBar : public QWidget {
    Q_OBJECT
  public:
    explicit HeatBar(const Theme& theme, QWidget* parent = nullptr);

    void set_largest(int largest);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    const Theme& theme_;
    int largest_ = 0;
};

}  // namespace denoise::ui
