#pragma once

#include <QImage>
#include <QWidget>

namespace denoise::ui {

class Theme;

/// A picture at 8x. A frame marks the pixel under the pointer, or the one that the arrow keys moved to.
class PixelCanvas : public QWidget {
    Q_OBJECT
  public:
    explicit PixelCanvas(const Theme& theme, QWidget* parent = nullptr);

    void set_image(const QImage& image);
    QPoint pixel() const { return pixel_; }  ///< (-1, -1): none

  Q_SIGNALS:
    void pixel_changed(QPoint pixel);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void set_pixel(QPoint pixel);

    const Theme& theme_;
    QImage image_;
    QPoint pixel_{-1, -1};
};

}  // namespace denoise::ui
