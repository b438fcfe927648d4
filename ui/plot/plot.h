#pragma once

#include <QPointF>
#include <QString>
#include <QVector>
#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

#include "ui/plot/plot_flag.h"

namespace denoise::ui {

class Theme;
class PlotExports;
struct ChartContents;
struct PlotColumn;

/// How a curve is drawn.
struct PlotSeries {
    QString label = {};  ///< shown at the end of the line
    int colour = 0;      ///< Theme::series() index
    double width = 2.0;  ///< px
    bool filled = false;
    bool quiet = false;  ///< a thin, solid line in the colour of captions, behind the curve that counts
    QString name = {};   ///< for the exported table and the description; empty: the label or the y title
};

/// A chart of curves with a cursor. Long curves are thinned to the minimum and the maximum of each pixel
/// column.
class Plot : public QWidget {
    Q_OBJECT
  public:
    Plot(const Theme& theme, QString x_title, QString y_title, QWidget* parent = nullptr);
    ~Plot() override;

    int add_series(const PlotSeries& series);
    void set_label(int series, const QString& label);
    void set_name(int series, const QString& name);
    void set_x_title(const QString& title);
    QString y_title() const;                                   ///< above the curves
    void set_points(int series, std::vector<QPointF> points);  ///< NaN and infinite points are skipped
    void set_empty_text(const QString& sentence);              ///< shown while no series has points
    void set_log_y(bool on);
    bool log_y() const;
    // Fixed ranges; otherwise an axis follows the data.
    void set_x_range(double first, double last);
    void set_y_range(double low, double high);
    void follow_data();
    /// A vertical line at x, or none.
    void set_cursor(std::optional<double> x);
    /// Short marks on the x axis.
    void set_marks(std::vector<double> xs);
    /// Marks events, such as a setting that was changed.
    void set_flags(std::vector<PlotFlag> flags);
    /// Takes the chart to other programs.
    PlotExports& exports() const;
    /// Curves with points, with the titles of their columns.
    std::vector<PlotColumn> columns() const;
    /// The value of the point of `series` nearest to x; nullopt if it has no points.
    std::optional<double> value_at(int series, double x) const;

  Q_SIGNALS:
    void cursor_moved(double x);  ///< the pointer is at x
    void cursor_left();
    void clicked(double x);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    ChartContents contents();
    QString text_summary() const;  ///< the accessible description: ranges and last values

    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace denoise::ui
