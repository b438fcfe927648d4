#pragma once

#include <QDialog>

#include "engine/base/picture.h"

class QLabel;

namespace denoise::ui {

class Theme;
class PixelCanvas;

/// A window with one picture at 8x and the values of the pixel under the pointer, as bytes and as the input
/// of the network. The arrow keys move from pixel to pixel.
class PictureInspector : public QDialog {
    Q_OBJECT
  public:
    explicit PictureInspector(const Theme& theme, QWidget* parent = nullptr);

    /// Shows `picture` under `title`; the chosen pixel stays the same.
    void set_picture(const Picture& picture, const QString& title);

  private:
    void describe(QPoint pixel);

    Picture picture_;
    PixelCanvas* canvas_;
    QLabel* readout_;
};

}  // namespace denoise::ui
