#pragma once

#include <QWidget>

namespace denoise::ui {

class Theme;

/// A short line in the colour and style of a curve, as its legend.
class LineSwatch : public QWidget {
    Q_OBJECT
  public:
    LineSwatch(const Theme& theme, int series, QWidget* parent = nullptr);

    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    const Theme& theme_;
    int series_;
};

}  // namespace denoise::ui
