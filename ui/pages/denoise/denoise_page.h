#pragma once

#include "ui/pages/denoise/sample_session.h"
#include "ui/pages/page.h"

class QLabel;
class QStackedLayout;

namespace denoise::ui {

class FilmStrip;
class FrameView;
class SampleBar;
class SampleControls;
class ScheduleTrack;
class SteadyLabel;
class Theme;
class TransportBar;

/// The tab that samples images and shows how they emerge from noise: x_t and the predicted x_0 side by side,
/// at any step of any sample of this session, also during sampling and training.
class DenoisePage : public Page {
    Q_OBJECT
  public:
    DenoisePage(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// Samples images with the settings of the page; does nothing without a model or while is_running().
    void sample();
    /// Whether a sampling job of this page is in progress; capabilities_changed() follows a change.
    bool is_running() const { return session_.is_running(); }
    void stop();
    /// Where the export dialog starts.
    void set_export_folder(const QString& folder);

    bool can_play() const override;
    void play_or_pause() override;
    bool can_step() const override;
    void step(int delta) override;
    void go_to_start() override;
    void go_to_end() override;
    int controls_bottom() const override;
    Picture picture() const override;
    bool can_export() const override;
    void export_pictures() override;

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    QWidget* make_placeholder();
    QWidget* make_viewer();
    void connect_session();
    void connect_viewer();
    void update_model();

    void go_to(int frame_index);
    void advance();
    void show_entry();     ///< after another sample was chosen
    void show_frames();    ///< after frames were added or dropped
    void show_position();  ///< after the position changed
    QString readout_text(const TrajectoryFrame& frame) const;
    QString numbers_text(const TrajectoryFrame& frame) const;
    QString caption_of(int place) const;  ///< of a picture in the film strip

    EngineLink& link_;
    const Theme& theme_;
    SampleSession session_;
    QString export_folder_;

    SampleControls* controls_;
    QStackedLayout* stack_;
    QLabel* placeholder_;
    SampleBar* bar_;
    FrameView* frames_;
    SteadyLabel* numbers_;
    TransportBar* transport_;
    ScheduleTrack* track_;
    FilmStrip* strip_;
};

}  // namespace denoise::ui
