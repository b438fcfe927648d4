#pragma once

#include "ui/export/captioned_row.h"
#include "ui/pages/compare/compare_session.h"
#include "ui/pages/page.h"

class QHBoxLayout;
class QStackedLayout;

namespace denoise::ui {

class CompareBar;
class CompareColumn;
class PairView;
class ScheduleTrack;
class Theme;
class TransportBar;

/// The tab that samples from the same noise with other settings, side by side: two to four columns, one
/// slider over all of them, and the difference between two.
class ComparePage : public Page {
    Q_OBJECT
  public:
    ComparePage(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// Samples the columns that are not current; does nothing while is_running().
    void sample() { session_.sample(); }
    bool is_running() const { return session_.is_running(); }
    void stop() { session_.stop(); }
    /// Two columns with the settings of `request`, sampled from `model` (empty: the open model).
    void begin_with(const SampleRequest& request, const std::filesystem::path& model = {});
    /// The runs that columns can choose from.
    void set_runs_folder(const std::filesystem::path& folder) { session_.set_runs_folder(folder); }
    /// Where the export dialog starts.
    void set_export_folder(const QString& folder) { export_folder_ = folder; }

    bool can_play() const override { return times_.size() > 1; }
    void play_or_pause() override;
    bool can_step() const override { return can_play(); }
    void step(int delta) override { go_to(position() + delta); }
    void go_to_start() override { go_to(0); }
    void go_to_end() override { go_to(static_cast<int>(times_.size()) - 1); }
    Picture picture() const override;
    bool can_export() const override { return !times_.empty(); }
    int controls_bottom() const override;
    void export_pictures() override;

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void lay_out();
    void connect_session();
    void connect_viewer();
    int position() const;  ///< index in times_
    void go_to(int position);
    void advance();
    void make_columns();
    void show_settings();
    void show_schedule();  ///< after frames were added or dropped
    void show_pictures();  ///< after the position or the view changed
    void choose_image(int image);
    const TrajectoryFrame* frame_of(int column) const;  ///< that is shown; null: none
    QString readout() const;
    CaptionedRow captioned() const;

    EngineLink& link_;
    const Theme& theme_;
    CompareSession session_;
    QString export_folder_;
    std::vector<double> times_;  ///< as times_of()
    double time_ = 0;            ///< that is shown
    bool follow_ = true;         ///< show the newest frames as they arrive
    int image_ = -1;             ///< the one image that is shown; -1: all
    bool form_shown_ = true;

    CompareBar* bar_;
    QStackedLayout* stack_;
    QHBoxLayout* row_;
    std::vector<CompareColumn*> columns_;
    PairView* pair_;
    TransportBar* transport_;
    ScheduleTrack* track_;
};

}  // namespace denoise::ui
