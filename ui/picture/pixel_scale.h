#pragma once

#include <QImage>
#include <QPainter>
#include <QSize>

namespace denoise::ui {

/// The scale at which a picture is drawn. Each pixel is a square of 1, 1.5, 2, 2.5, ... device pixels, or
/// only every 1.5th, 2nd, ... pixel is drawn. Where the edge of a pixel lies within a device pixel, that is,
/// with a half, the device pixel is the mean of both sides: thus all pixels are equally wide, which they
/// would not be if each device pixel took the colour of the nearest one. Apart from this, nothing is
/// averaged, since this would hide noise. A smooth scale is of any size, and interpolates between the pixels.
class PixelScale {
  public:
    /// The largest scale at which `image` fits into `room`.
    static PixelScale fitting(QSize image, QSize room, bool smooth = false);

    QSize applied_to(QSize image) const;
    QImage scaled(const QImage& image) const;
    void draw(QPainter& painter, QPoint top_left, const QImage& image) const;

    bool operator==(const PixelScale&) const = default;

  private:
    int halves_ = 2;     ///< the size of a pixel in halves of device pixels
    int divisor_ = 2;    ///< in halves of pixels: 2 for every pixel, 3 for two of three, ...
    double smooth_ = 0;  ///< the factor of a smooth scale; 0: it is none
};

}  // namespace denoise::ui
