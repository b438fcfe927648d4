#pragma once

#include <QPainterPath>
#include <QRectF>
#include <vector>

namespace denoise::ui {

class Theme;

enum class TimeDirection { denoising, noising };  ///< from left to right: T-1 .. 0, or 0 .. T-1

/// The curve of alpha_bar over the timesteps with its axes: where its points are, and how it is drawn.
class ScheduleCurve {
  public:
    ScheduleCurve(const Theme& theme, TimeDirection direction) : theme_(theme), direction_(direction) {}

    /// The values for t = 0 .. T-1.
    void set_alpha_bar(std::vector<double> alpha_bar) { alpha_bar_ = std::move(alpha_bar); }
    /// Fits the curve and the labels of the axes into `rect`; around each point there is room for `radius`.
    void fit(const QRectF& rect, double radius);

    bool empty() const { return alpha_bar_.empty() || area_.isEmpty(); }
    double x_of(double timestep) const;  ///< -1 is the result, one step beyond t = 0
    QPointF point_at(int timestep) const;
    QPainterPath path() const;
    /// The area below path().
    QPainterPath area() const;
    double bottom() const { return area_.bottom(); }
    void draw_axes(QPainter& painter) const;

  private:
    void draw_tick(QPainter& painter, int timestep) const;

    const Theme& theme_;
    TimeDirection direction_;
    std::vector<double> alpha_bar_;
    QRectF rect_, area_;  ///< everything; the curve
    double radius_ = 0;
};

}  // namespace denoise::ui
