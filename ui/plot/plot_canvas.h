#pragma once

#include <QChartView>
#include <QString>
#include <optional>
#include <vector>

#include "ui/plot/plot_flag.h"

class QLineSeries;
class QValueAxis;
class QAreaSeries;

namespace denoise::ui {

class Theme;

/// Draws a Plot. Qt Charts draws the lines; everything else is drawn here, since the axes of Qt Charts have
/// no SI suffixes and their logarithm fails for zero. On a logarithmic axis, the lines contain the
/// logarithms.
class PlotCanvas : public QChartView {
    Q_OBJECT
  public:
    struct EndLabel {
        QString text;
        QColor colour;
        QPointF point;  ///< the end of the line, in units of the axes
    };

    PlotCanvas(const Theme& theme, QString x_title, QString y_title, QWidget* parent);

    void add(QLineSeries* line, bool filled, int colour);  ///< takes ownership of `line`
    void set_ranges(double x_low, double x_high, double y_low, double y_high, bool log_y);
    void set_end_labels(std::vector<EndLabel> labels);
    void set_empty_text(const QString& sentence) { empty_text_ = sentence; }
    void set_empty(bool empty) { empty_ = empty; }
    void set_cursor(std::optional<double> x);
    void set_marks(std::vector<double> xs);
    void set_flags(std::vector<PlotFlag> flags);
    const std::vector<PlotFlag>& flags() const { return flags_; }

    QRectF plot_area() const;
    double value_at(double pixel_x) const;
    double first_x() const { return x_low_; }
    double last_x() const { return x_high_; }
    void set_x_title(const QString& title);
    /// While exporting, the cursor is not drawn.
    void set_exporting(bool on) { exporting_ = on; }
    const QString& x_title() const { return x_title_; }
    const QString& y_title() const { return y_title_; }

  protected:
    void drawBackground(QPainter* painter, const QRectF& rect) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    double pixel_x(double x) const;
    double pixel_y(double y_on_axis) const;
    void place();  ///< leaves room for ticks and labels around the lines
    void draw_end_labels(QPainter& painter);
    void draw_flags(QPainter& painter);

    const Theme& theme_;
    QString x_title_, y_title_, empty_text_;
    QValueAxis* x_axis_ = nullptr;
    QValueAxis* y_axis_ = nullptr;
    std::vector<std::pair<QAreaSeries*, int>> areas_;
    std::vector<EndLabel> labels_;
    std::vector<double> marks_;
    std::vector<PlotFlag> flags_;
    std::optional<double> cursor_;
    double x_low_ = 0, x_high_ = 1, y_low_ = 0, y_high_ = 1;
    double right_margin_ = 0;
    bool log_y_ = false, empty_ = true, exporting_ = false;
};

}  // namespace denoise::ui
