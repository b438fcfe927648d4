#pragma once

#include <QImage>
#include <QPainter>
#include <QSize>

namespace denoise::ui {

/// How large the pixels of a picture are drawn: a whole multiple of device pixels, or every n-th pixel alone.
/// Averaging would show less noise than there is, so pictures are never smoothed.
class PixelScale {
  public:
    /// The largest scale at which `image` fits into `room`.
    static PixelScale fitting(QSize image, QSize room);
    /// `multiple` device pixels for each pixel.
    static PixelScale times(int multiple);

    QSize applied_to(QSize image) const;
    void draw(QPainter& painter, QPoint top_left, const QImage& image) const;
    /// Size of a pixel in device pixels; 1/n where only every n-th is shown.
    double factor() const { return static_cast<double>(multiple_) / divisor_; }

    friend bool operator>(PixelScale a, PixelScale b) { return a.factor() > b.factor(); }

  private:
    int multiple_ = 1;
    int divisor_ = 1;
};

}  // namespace denoise::ui
