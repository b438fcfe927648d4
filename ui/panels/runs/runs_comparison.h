#pragma once

#include <QStandardItemModel>
#include <QWidget>
#include <vector>

#include "ui/panels/runs/loss_curves.h"

class QComboBox;
class QLabel;
class QToolButton;
class QTreeView;

namespace denoise::ui {

class Plot;
class Theme;
class TrainingFollower;
struct RunDifference;

/// Several runs side by side: their loss curves in one chart, and a table of their results and of the
/// settings in which they differ.
class RunsComparison : public QWidget {
    Q_OBJECT
  public:
    RunsComparison(const TrainingFollower& training, const Theme& theme, QWidget* parent = nullptr);

    /// The first ones, up to Theme::series_count, are shown.
    void set_runs(const std::vector<RunSummary>& runs);
    const QStandardItemModel& table() const { return table_; }

  protected:
    void resizeEvent(QResizeEvent* event) override;  ///< fits the columns of the table

  private:
    QWidget* build_chart();
    QWidget* build_table();
    void draw_curves();
    void fill_table();
    void add_lines(const std::vector<RunDifference>& lines);
    void move_cursor(std::optional<double> x);
    CurveAxis axis() const;

    const TrainingFollower& training_;
    const Theme& theme_;
    std::vector<RunSummary> runs_;
    std::size_t left_out_ = 0;
    LossCurves curves_;
    Plot* plot_ = nullptr;
    QComboBox* axis_ = nullptr;
    QToolButton* log_ = nullptr;
    QLabel* note_ = nullptr;
    QStandardItemModel table_;
    QTreeView* view_ = nullptr;
};

/// The index in Theme::series() of the curve of the n-th run.
int series_of_run(int n);

}  // namespace denoise::ui
