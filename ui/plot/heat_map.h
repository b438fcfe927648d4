#pragma once

#include <QImage>
#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

namespace denoise::ui {

class PlotExports;
class Theme;

/// A column of a heat map: the values at an x, from the lowest y to the highest.
struct HeatColumn {
    double x = 0;
    std::vector<double> values;  ///< NaN: none
};

/// The colour of cividis at `share` from 0 (dark blue) to 1 (yellow), a scale that colour-blind people read,
/// too.
QColor heat_colour(double share);

/// Values over two axes as colours, on a logarithmic scale with a labelled bar. A column lasts from its x to
/// that of the next one.
class HeatMap : public QWidget {
    Q_OBJECT
  public:
    HeatMap(const Theme& theme, QString x_title, QString y_title, QString title, QWidget* parent = nullptr);
    ~HeatMap() override;

    /// The values of each column are evenly spread from 0 to `y_end`.
    void set_columns(std::vector<HeatColumn> columns, double y_end);
    void set_empty_text(const QString& sentence);
    /// A vertical line at x, or none.
    void set_cursor(std::optional<double> x);
    PlotExports& exports() { return *exports_; }
    /// The value below the point; nullopt: none.
    struct Place {
        double x = 0, y = 0, value = 0;
    };
    std::optional<Place> place_at(QPointF point) const;

  Q_SIGNALS:
    void cursor_moved(double x);
    void cursor_left();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    QRectF area() const;
    double pixel_x(double x) const;
    void draw(QPainter& painter) const;
    void draw_axes(QPainter& painter) const;
    void draw_bar(QPainter& painter) const;
    void paint_cells();
    std::string table() const;
    QString text_summary() const;

    const Theme& theme_;
    QString x_title_, y_title_, title_, empty_text_;
    std::vector<HeatColumn> columns_;
    double y_end_ = 1, low_ = 0.1, high_ = 1;
    QImage cells_;  ///< a pixel for each value
    std::optional<double> cursor_;
    std::unique_ptr<PlotExports> exports_;
};

}  // namespace denoise::ui
