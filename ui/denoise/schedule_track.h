#pragma once

#include <QPainterPath>
#include <QWidget>
#include <vector>

namespace denoise::ui {

class Theme;

/// A slider over timesteps whose track is the noise schedule: the handle runs along the curve of alpha_bar.
/// It stands on `stops`, the timesteps that can be shown, from left to right.
class ScheduleTrack : public QWidget {
    Q_OBJECT
  public:
    enum class Direction { denoising, noising };  ///< left to right: T-1 .. 0, or 0 .. T-1

    ScheduleTrack(const Theme& theme, Direction direction, QWidget* parent = nullptr);

    /// The curve, for t = 0 .. T-1.
    void set_schedule(std::vector<double> alpha_bar);
    const std::vector<double>& schedule() const { return alpha_bar_; }
    /// Timesteps in the order from left to right; -1 is the finished picture. Only the first `reached` can be
    /// taken: that is how far the sampler has come.
    void set_stops(std::vector<int> timesteps, int reached);
    /// The timesteps that a sampler will visit, drawn as dots on the curve before they are reached.
    void set_planned(std::vector<int> timesteps);

    int position() const { return position_; }
    void set_position(int stop);  ///< does not emit scrubbed()
    int timestep() const;         ///< at the handle
    int stop_count() const { return static_cast<int>(stops_.size()); }
    int reached() const { return reached_; }
    /// "t = 480", or "result".
    QString value_text() const;
    /// Middle of the handle at a stop, in widget coordinates.
    QPointF point_of(int stop) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void scrubbed(int stop);  ///< the person moved the handle

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
    void measure();
    double x_of(double timestep) const;
    double alpha_bar_at(int timestep) const;
    QPointF point_at(int timestep) const;
    QPainterPath curve() const;
    int stop_at(double x) const;
    void scrub(int stop);
    void draw_axis(QPainter& painter) const;
    void draw_dots(QPainter& painter) const;

    const Theme& theme_;
    Direction direction_;
    std::vector<double> alpha_bar_;
    std::vector<int> stops_;
    std::vector<int> planned_;
    QRectF area_;  ///< of the curve
    int reached_ = 0;
    int position_ = 0;
    int wheel_rest_ = 0;
    bool hot_ = false;  ///< the pointer is over the widget or drags the handle
};

}  // namespace denoise::ui
