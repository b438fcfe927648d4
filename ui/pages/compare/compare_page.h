#pragma once

#include "ui/export/captioned_row.h"
#include "ui/pages/compare/checkpoint_map.h"
#include "ui/pages/compare/compare_session.h"
#include "ui/pages/page.h"

class QHBoxLayout;
class QStackedLayout;

namespace denoise::ui {

class CompareBar;
class CompareColumn;
class MapPanel;
class PairView;
class ScheduleTrack;
class Theme;
class TransportBar;

/// The tab that samples from the same noise with other settings, side by side: two to four columns, one
/// slider over all of them, and the difference between two; or one image at all checkpoints of a run.
class ComparePage : public Page {
    Q_OBJECT
  public:
    ComparePage(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// Why there is nothing to sample; empty: there is.
    QString obstacle() const;
    /// Samples the columns that are not current, or the map; does nothing while is_running().
    void sample();
    bool is_running() const;
    void stop();
    /// Two columns with the settings of `request`, sampled from `model` (empty: the open model).
    void begin_with(const SampleRequest& request, const std::filesystem::path& model = {});
    /// A column for each of two to four models, with the settings of `request`.
    void begin_with_each(const SampleRequest& request, const std::vector<std::filesystem::path>& models);
    /// The runs that columns can choose from.
    void set_runs_folder(const std::filesystem::path& folder) { session_.set_runs_folder(folder); }

    bool can_play() const override;
    void play_or_pause() override;
    bool can_step() const override;
    void step(int delta) override;
    void go_to_start() override;
    void go_to_end() override;
    Picture picture() const override;
    bool can_export() const override;
    int controls_bottom() const override;
    void export_pictures() override;
    bool has_sample_button() const override { return true; }

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void lay_out();
    void connect_session();
    void connect_map();
    void connect_viewer();
    int position() const;  ///< index in times_
    void go_to(int position);
    void show_view();
    void advance();
    void make_columns();
    void arrange_columns();
    void show_settings();
    void show_schedule();  ///< after frames were added or dropped
    void show_pictures();  ///< after the position or the view changed
    void choose_image(int image);
    const TrajectoryFrame* frame_of(int column) const;  ///< that is shown; null: none
    QString readout() const;
    CaptionedRow captioned() const;
    CaptionedRow captioned_columns() const;

    EngineLink& link_;
    const Theme& theme_;
    CompareSession session_;
    CheckpointMap map_;
    std::vector<double> times_;  ///< as times_of()
    double time_ = 0;            ///< that is shown
    bool follow_ = true;         ///< show the newest frames as they arrive
    int image_ = -1;             ///< the one image that is shown; -1: all
    bool form_shown_ = true;
    bool could_export_map_ = false, could_step_map_ = false;

    CompareBar* bar_;
    QStackedLayout* stack_;
    QHBoxLayout* row_;
    std::vector<CompareColumn*> columns_;
    PairView* pair_;
    MapPanel* panel_;
    TransportBar* transport_;
    ScheduleTrack* track_;
};

}  // namespace denoise::ui
