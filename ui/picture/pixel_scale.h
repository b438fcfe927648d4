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

    friend bool operator>(PixelScale a, PixelScale b) { return a.factor() > b.factor(); }

  private:
    /// The size of a pixel in device pixels; 1/n if only every n-th is drawn.
    double factor() const { return static_cast<double>(multiple_) / divisor_; }

    int multiple_ = 1;
    int divisor_ = 1;
};

}  // namespace denoise::ui
