#pragma once

#include <QDialog>

#include "engine/base/picture.h"

class QLabel;

namespace denoise::ui {

class Theme;
class PixelCanvas;

/// A small window with one picture at 8x and the values of the pixel under the pointer, as bytes and as the
/// network sees them. Arrow keys move from pixel to pixel.
class PictureInspector : public QDialog {
    Q_OBJECT
  public:
    explicit PictureInspector(const Theme& theme, QWidget* parent = nullptr);

    /// Shows `picture` under `title`; keeps the pixel that is pointed at, so that a film can run in it.
    void set_picture(const Picture& picture, const QString& title);
    /// The line under the picture.
    QString readout() const;

  private:
    void describe(QPoint pixel);

    Picture picture_;
    PixelCanvas* canvas_;
    QLabel* readout_;
};

}  // namespace denoise::ui
