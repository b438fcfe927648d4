#pragma once

#include <QWidget>

#include "engine/session/pictures.h"

class QLabel;

namespace denoise::ui {

class PictureView;
class Theme;

/// The forward process as an equation of pictures: x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps with
/// the current numbers, and the same in symbols below.
class NoiseEquation : public QWidget {
    Q_OBJECT
  public:
    explicit NoiseEquation(const Theme& theme, QWidget* parent = nullptr);

    void set_picture(const NoisedPicture& noised);  ///< shown at the current timestep
    void set_time(int timestep, double alpha_bar);
    /// Shown while there is no picture.
    void set_empty_text(const QString& sentence);

    /// The size available for each picture, in device pixels.
    QSize picture_room() const;

  Q_SIGNALS:
    void inspected(const denoise::Picture& picture, const QString& title);

  private:
    QLayout* pane(PictureView* view, QLabel* caption);
    QLabel* operator_label();
    QString coloured(int series, const QString& symbol) const;
    void update_text();

    const Theme& theme_;
    NoisedPicture noised_;
    int timestep_ = 0;
    double alpha_bar_ = 1;
    PictureView* x_t_;
    PictureView* x_0_;
    PictureView* eps_;
    QLabel* x_t_caption_;
    QLabel* x_0_caption_;
    QLabel* eps_caption_;
    QLabel* signal_;
    QLabel* noise_;
    QLabel* formula_;
};

}  // namespace denoise::ui
