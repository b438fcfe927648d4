#pragma once

#include <QWidget>
#include <vector>

#include "engine/schedule/drawn_curve.h"

namespace denoise::ui {

class Theme;

/// A noise schedule that is drawn by hand: a curve through points that can be dragged. Every curve that can
/// be drawn is valid. Keys: Page Up and Page Down select a point, arrows move it (Shift: further), Insert
/// adds one after it, Delete removes it.
class CurveEditor : public QWidget {
    Q_OBJECT
  public:
    enum class Quantity { alpha_bar, log_snr };

    explicit CurveEditor(const Theme& theme, QWidget* parent = nullptr);

    /// Does not emit edited().
    void set_points(std::vector<CurvePoint> points);
    void set_timesteps(int timesteps);
    /// What the vertical axis shows.
    void set_quantity(Quantity quantity);

    const std::vector<CurvePoint>& points() const { return points_; }
    int selected() const { return selected_; }
    void select(int index);
    /// Adds a point after the selected one, halfway to the next.
    void add_point();
    bool can_add() const;
    /// Removes the selected point, unless it is the first or the last one.
    void remove_point();
    bool can_remove() const;
    /// "Point 2 of 5: t = 250, ᾱ 0.846, log SNR 1.70"
    QString selected_text() const;
    /// The centre of a point in widget coordinates.
    QPointF place_of(int index) const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void edited();  ///< points() were changed by the user
    void selection_changed();

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    QRectF area() const;
    double y_of(double log_snr) const;
    double log_snr_at(double y) const;
    int point_at(const QPointF& place) const;  ///< -1: none
    void use(std::vector<CurvePoint> points, int selected);
    void move_selected(const CurvePoint& place);
    void add_at(double position);
    void draw_axes(QPainter& painter) const;
    void draw_curve(QPainter& painter) const;
    void draw_points(QPainter& painter) const;

    const Theme& theme_;
    Quantity quantity_ = Quantity::alpha_bar;
    int timesteps_ = 1000;
    std::vector<CurvePoint> points_;
    int selected_ = 0;
    bool dragging_ = false;
    QPointF pressed_at_;       ///< where the drag began
    CurvePoint dragged_from_;  ///< and where its point was
};

}  // namespace denoise::ui
