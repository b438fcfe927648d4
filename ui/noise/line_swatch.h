#pragma once

#include <QWidget>

namespace denoise::ui {

class Theme;

/// A short piece of a curve in its colour and dash: a legend beside what belongs to the curve.
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
