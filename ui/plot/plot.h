#pragma once

#include <QPointF>
#include <QString>
#include <QVector>
#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

namespace denoise::ui {

class Theme;

/// One curve's standing description.
struct PlotSeries {
    QString label;       ///< drawn at the line's end
    int colour = 0;      ///< Theme::series() index
    double width = 2.0;  ///< px
    double opacity = 1.0;
    bool filled = false;
};

/// The one wrapper of Qt Charts: thin lines, at most 5 ticks, axis titles with units, an empty-state
/// sentence, a cursor that charts of a page share. Data of any length is thinned to minimum and maximum per
/// pixel column.
class Plot : public QWidget {
    Q_OBJECT
  public:
    Plot(const Theme& theme, QString x_title, QString y_title, QWidget* parent = nullptr);
    ~Plot() override;

    int add_series(const PlotSeries& series);
    void set_label(int series, const QString& label);
    void set_points(int series, std::vector<QPointF> points);  ///< NaN and infinite points are left out
    void set_empty_text(const QString& sentence);              ///< shown while no series has points
    void set_log_y(bool on);
    bool log_y() const;
    /// Fixed ranges; without them an axis follows the data.
    void set_x_range(double first, double last);
    void set_y_range(double low, double high);
    void follow_data();
    /// A vertical line at x, or none; drawn in `colour` (Theme::series() index, -1: accent).
    void set_cursor(std::optional<double> x);
    /// Second, thinner vertical marks (checkpoints, previews).
    void set_marks(std::vector<double> xs);
    /// The y of `series` nearest to x, for readouts.
    std::optional<double> value_at(int series, double x) const;
    /// A sentence for screen readers: ranges and last values; kept up to date as the accessible description.
    QString text_summary() const;

  Q_SIGNALS:
    void cursor_moved(double x);  ///< the pointer hovers at x
    void cursor_left();
    void clicked(double x);

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace denoise::ui
