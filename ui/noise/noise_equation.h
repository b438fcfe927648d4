#pragma once

#include <QWidget>

#include "engine/session/pictures.h"

class QLabel;

namespace denoise::ui {

class PictureView;
class Theme;

/// The forward process written in pictures: x_t = sqrt(alpha_bar) x_0 + sqrt(1 - alpha_bar) eps, with the
/// live numbers, and the same in symbols beneath.
class NoiseEquation : public QWidget {
    Q_OBJECT
  public:
    explicit NoiseEquation(const Theme& theme, QWidget* parent = nullptr);

    void set_picture(const NoisedPicture& noised);  ///< shown at the timestep set last
    void set_time(int timestep, double alpha_bar);
    /// What stands in the place of the pictures while there are none.
    void set_empty_text(const QString& sentence);

    /// Device pixels that each of the pictures can take.
    QSize picture_room() const;

    const PictureView& x_t_view() const { return *x_t_; }
    QString text() const;  ///< the line in symbols, without markup

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
