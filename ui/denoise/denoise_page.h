#pragma once

#include <QPointer>

#include "ui/denoise/sample_history.h"
#include "ui/page.h"

class QComboBox;
class QLabel;
class QPushButton;
class QStackedLayout;

namespace denoise::ui {

class EngineLink;
class FilmStrip;
class PictureInspector;
class PictureView;
class SampleControls;
class ScheduleTrack;
class Theme;
class TransportBar;

/// The tab where pictures come out of noise: x_t and the predicted x_0 side by side at any timestep of any
/// sample of this session, also while a sampler runs and while the model trains.
class DenoisePage : public Page {
    Q_OBJECT
  public:
    DenoisePage(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// What the controls ask for.
    SampleRequest request() const;
    /// Draws pictures as request() says.
    void sample();
    /// Draws other futures of the image that is shown alone, from the frame that is shown on.
    void branch();
    /// Where the export dialog starts.
    void set_export_folder(const QString& folder);

    const SampleHistory& history() const { return history_; }
    int shown_sample() const { return shown_; }  ///< index in history(); -1: none

    bool can_play() const override;
    void play_or_pause() override;
    bool can_step() const override;
    void step(int delta) override;
    void go_to_start() override;
    void go_to_end() override;
    Picture picture() const override;
    bool can_export() const override;
    void export_pictures() override;

  protected:
    void keyPressEvent(QKeyEvent* event) override;

  private:
    QWidget* make_viewer();
    QLayout* make_pane(PictureView* view, QLabel* caption);
    void connect_engine();
    void update_model();
    void update_captions();

    void set_running(int sample_id);
    void begin(const SampleStarted& start);
    void take(const SampleFrame& frame);
    void end(const SampleEnded& end);
    void keep_to_limit();

    SampleEntry* entry() { return shown_ >= 0 ? &history_.at(shown_) : nullptr; }
    const SampleEntry* entry() const { return shown_ >= 0 ? &history_.at(shown_) : nullptr; }
    const TrajectoryFrame* frame() const;
    void show_sample(int index);
    void go_to(int frame_index);
    void show_only(int image);
    QString obstacle_to_branch() const;  ///< why branch() is not possible; empty: it is
    void update_branch();
    void show_frames();    ///< after frames came or went
    void show_position();  ///< after the position changed
    void advance();
    void inspect(PictureView* view, int image);
    void update_inspector();
    QString readout_text(const TrajectoryFrame& frame) const;

    EngineLink& link_;
    const Theme& theme_;
    SampleHistory history_;
    int shown_ = -1;
    int running_id_ = -1;  ///< the sample in progress; -1: none
    int total_samples_ = 0;
    QString export_folder_;

    SampleControls* controls_;
    QStackedLayout* stack_;
    QLabel* empty_icon_;
    QLabel* empty_;
    QComboBox* samples_;
    QLabel* thinned_;
    QPushButton* branch_;
    QPushButton* export_;
    QLabel* xt_caption_;
    QLabel* x0_caption_;
    PictureView* xt_view_;
    PictureView* x0_view_;
    TransportBar* transport_;
    ScheduleTrack* track_;
    FilmStrip* strip_;
    QPointer<PictureInspector> inspector_;
    PictureView* inspected_ = nullptr;
};

}  // namespace denoise::ui
