#pragma once

#include <QPixmap>
#include <QWidget>
#include <vector>

#include "ui/pages/denoise/schedule_curve.h"

namespace denoise::ui {

class Theme;

/// A slider for timesteps. Its handle moves along the curve of alpha_bar and stops at the timesteps that can
/// be shown.
class ScheduleTrack : public QWidget {
    Q_OBJECT
  public:
    ScheduleTrack(const Theme& theme, TimeDirection direction, QWidget* parent = nullptr);

    /// The curve, for t = 0 .. T-1.
    void set_schedule(std::vector<double> alpha_bar);
    /// The timesteps from left to right; -1 is the result. Only the first `reached`, which have been sampled,
    /// can be chosen.
    void set_stops(std::vector<int> timesteps, int reached);
    /// The timesteps that will be sampled, shown as dots on the curve.
    void set_planned(std::vector<int> timesteps);

    int position() const { return position_; }
    void set_position(int stop);  ///< does not emit scrubbed()
    int timestep() const;         ///< at the handle
    int reached() const { return reached_; }
    /// "t = 480", or "result".
    QString value_text() const;
    /// The centre of the handle at a stop, in widget coordinates.
    QPointF point_of(int stop) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void scrubbed(int stop);  ///< the user moved the handle

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    int stop_count() const { return static_cast<int>(stops_.size()); }
    int stop_at(double x) const;
    void scrub(int stop);
    /// Drawing the curve takes most of the time of a repaint, so it is drawn once and copied then.
    struct Layers {
        QPixmap behind;  ///< the axes, and the curve of what has not been sampled
        QPixmap reached, tint;
    };
    void forget_layers();
    const Layers& layers();
    void draw_reached(QPainter& painter);
    void draw_dots(QPainter& painter) const;
    void draw_handle(QPainter& painter) const;

    const Theme& theme_;
    ScheduleCurve curve_;
    Layers layers_;
    std::vector<int> stops_;
    std::vector<int> planned_;
    int reached_ = 0;
    int position_ = 0;
    int wheel_rest_ = 0;
    bool hot_ = false;  ///< the pointer is over the widget or drags the handle
};

}  // namespace denoise::ui
