#pragma once

#include <QWidget>
#include <array>

#include "engine/diffusion/noise_schedule.h"
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

/// The four noise schedules against each other: their curves with one cursor, and one picture noised by each
/// at the same timesteps.
class ScheduleComparison : public QWidget {
    Q_OBJECT
  public:
    static constexpr std::array kinds = {ScheduleKind::linear, ScheduleKind::cosine, ScheduleKind::quadratic,
                                         ScheduleKind::sigmoid};

    explicit ScheduleComparison(const Theme& theme, QWidget* parent = nullptr);

    /// All four with the timesteps and ends of `config`. Throws Error when one of them cannot be made.
    void set_config(const ScheduleConfig& config);
    void set_picture(const NoisedPicture& noised);
    void set_time(int timestep);

    const NoiseSchedule& schedule(ScheduleKind kind) const {
        return schedules_[static_cast<std::size_t>(kind)];
    }
    const PictureView& view(ScheduleKind kind) const { return *rows_[static_cast<std::size_t>(kind)].view; }

  Q_SIGNALS:
    void time_chosen(int timestep);  ///< a click in the chart or in a strip

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    struct Row {
        QLabel* numbers = nullptr;
        PictureView* view = nullptr;
        FilmStrip* strip = nullptr;
    };

    void make_charts();
    void make_row(QGridLayout* grid, int row);
    void draw_curves();
    void show_time();

    const Theme& theme_;
    ScheduleConfig config_;
    std::array<NoiseSchedule, kinds.size()> schedules_;
    std::array<Row, kinds.size()> rows_;
    NoisedPicture noised_;
    int timestep_ = 0;
    QComboBox* quantity_;
    QStackedWidget* charts_;
    std::array<Plot*, 3> plots_{};
    QLabel* ends_;
    QLabel* now_;         ///< above the pictures at the cursor
    QLabel* through_;     ///< above the strips
    QBoxLayout* halves_;  ///< chart and rows, beside or above each other
};

/// `count` timesteps of 0 .. T-1, evenly spread from the first to the last.
std::vector<int> even_timesteps(int timesteps, int count);

/// The title of a schedule, as in its setting: "Cosine".
QString title_of(ScheduleKind kind);

}  // namespace denoise::ui
