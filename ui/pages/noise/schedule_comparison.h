#pragma once

#include <QWidget>
#include <array>

#include "engine/schedule/noise_schedule.h"
#include "engine/session/pictures.h"

class QBoxLayout;
class QComboBox;
class QGridLayout;
class QLabel;
class QStackedWidget;

namespace denoise::ui {

class FilmStrip;
class PictureView;
class Plot;
class Theme;

/// Compares all noise schedules: their curves with a common cursor, and a picture noised by each at the same
/// timesteps.
class ScheduleComparison : public QWidget {
    Q_OBJECT
  public:
    explicit ScheduleComparison(const Theme& theme, QWidget* parent = nullptr);

    /// Makes all schedules with the timesteps and ends of `config`. Throws Error if one of them is not
    /// possible.
    void set_config(const ScheduleConfig& config);
    void set_picture(const NoisedPicture& noised);
    /// A time beyond the last of the schedules shows the last.
    void set_time(int timestep);

    const NoiseSchedule& schedule(ScheduleKind kind) const {
        return schedules_[static_cast<std::size_t>(kind)];
    }

  Q_SIGNALS:
    void time_chosen(int timestep);  ///< by a click on the chart or on a strip

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    static constexpr std::size_t kind_count = names_of<ScheduleKind>.size();
    struct Row {
        QLabel* numbers = nullptr;
        PictureView* view = nullptr;
        FilmStrip* strip = nullptr;
    };

    void make_charts();
    QLayout* make_chart_column();
    QLayout* make_grid();
    void make_row(QGridLayout* grid, const NamedValue<ScheduleKind>& kind);
    void describe_ends();
    void draw_curves();
    void draw_strips();
    void show_time();

    const Theme& theme_;
    ScheduleConfig config_;
    // By ScheduleKind
    std::array<NoiseSchedule, kind_count> schedules_;
    std::array<Row, kind_count> rows_;
    NoisedPicture noised_;
    int timestep_ = 0;
    QComboBox* quantity_;
    QStackedWidget* charts_;
    std::array<Plot*, 3> plots_{};
    QLabel* ends_;
    QLabel* now_;         ///< above the pictures at the cursor
    QLabel* through_;     ///< above the strips
    QBoxLayout* halves_;  ///< chart and rows, side by side or one above the other
};

/// `count` timesteps of 0 .. T-1, evenly distributed from the first to the last.
std::vector<int> even_timesteps(int timesteps, int count);

}  // namespace denoise::ui
