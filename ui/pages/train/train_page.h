#pragma once

#include <QTimer>
#include <optional>

#include "engine/runs/run_list.h"
#include "engine/runs/training_health.h"
#include "ui/link/engine_link.h"
#include "ui/pages/page.h"
#include "ui/pages/train/timestep_history.h"
#include "ui/pages/train/training_history.h"

class QGridLayout;
class QHBoxLayout;
class QLayout;
class QToolButton;

namespace denoise::ui {

class HealthLabel;
class HeatMap;
class HeldOutLegend;
class Plot;
class PreviewPanel;
class Theme;
class TrainReadout;

/// The tab that shows the training: charts of the loss, the loss by timestep, the learning rate and the
/// gradient norm, and the samples of the run. The charts over steps share a cursor and a readout.
class TrainPage : public Page {
    Q_OBJECT
  public:
    TrainPage(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// Places `banner` above everything else.
    void add_banner(QWidget* banner);
    /// All sample grids of the open run, after others have been added by another program.
    void show_kept(const std::vector<KeptPreview>& previews);

    bool can_step() const override { return true; }
    void step(int delta) override;
    void go_to_start() override;
    void go_to_end() override;
    int controls_bottom() const override;
    Picture picture() const override;
    bool can_export() const override;
    void export_pictures() override;
    void toggle_log_axis() override;
    void change_smoothing(int delta) override;

  Q_SIGNALS:
    /// A person wants to change this setting of the open run, or a new run with it.
    void fix_wanted(const denoise::SettingFix& fix);

  protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void build(const Theme& theme);
    void make_plots(const Theme& theme);
    QWidget* make_charts(const Theme& theme);
    QLayout* make_readout(const Theme& theme, QHBoxLayout& buttons);
    QWidget* make_previews(const Theme& theme);
    void draw_held_out();
    void fit_legend();
    QWidget* build_map(const Theme& theme, QHBoxLayout& buttons);
    void fit_charts();
    void draw_map();
    void connect_charts();
    void open_run(const RunOpened& run);
    void show_changes();  ///< of settings, as flags in the charts
    void load_previews(const std::filesystem::path& folder, std::int64_t up_to);
    void refresh();  ///< if something has changed and the page is visible
    void move_cursor(std::optional<double> step);
    void show_smoothing();
    void fit_axes();

    EngineLink& link_;
    const Theme& theme_;
    TrainingHistory history_;
    TimestepHistory moments_;
    std::vector<double> bins_;
    int timesteps_ = 1000;
    std::size_t smoothing_;  ///< index of the width of the curve; at first, the one of loss_window
    bool dirty_ = false, bins_dirty_ = false, has_held_out_ = false;
    std::optional<double> cursor_, chosen_;
    QTimer timer_;

    HealthLabel* health_ = nullptr;
    QToolButton* log_axis_ = nullptr;
    Plot* loss_ = nullptr;
    Plot* by_timestep_ = nullptr;
    HeatMap* map_ = nullptr;
    QGridLayout* small_charts_ = nullptr;  ///< in its second row
    QWidget *learning_rate_frame_ = nullptr, *gradient_frame_ = nullptr;
    Plot* learning_rate_ = nullptr;
    Plot* gradient_ = nullptr;
    int raw_series_ = 0, smooth_series_ = 0, held_out_series_ = 0, seen_series_ = 0;
    HeldOutLegend* legend_ = nullptr;
    PreviewPanel* previews_ = nullptr;
    TrainReadout* readout_ = nullptr;
};

}  // namespace denoise::ui
