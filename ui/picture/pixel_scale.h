#pragma once

#include <QImage>
#include <QPainter>
#include <QSize>

namespace denoise::ui {

/// The scale at which a picture is drawn: each pixel as a whole multiple of device pixels, or only every n-th
/// pixel. Pictures are never smoothed, since averaging would hide noise.
class PixelScale {
  public:
    /// The largest scale at which `image` fits into `room`.
    static PixelScale fitting(QSize image, QSize room);

    QSize applied_to(QSize image) const;
    void draw(QPainter& painter, QPoint top_left, const QImage& image) const;

  private:
    int multiple_ = 1;  ///< the size of a pixel in device pixels
    int divisor_ = 1;   ///< only every n-th pixel is drawn
};

}  // namespace denoise::ui
