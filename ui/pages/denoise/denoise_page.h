#pragma once

#include "ui/pages/denoise/example_show.h"
#include "ui/pages/denoise/sample_session.h"
#include "ui/pages/page.h"

class QLabel;
class QStackedLayout;

namespace denoise::ui {

class ExampleNote;
class FilmStrip;
class FrameView;
class Redraw;
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

    /// Samples images with the settings of the page, from the open model, or from the example while it is
    /// shown and no model is open. Does nothing without a model or while is_running().
    void sample();
    /// The same from another model, which is not opened, with images of all its classes.
    void sample_from(const std::filesystem::path& model);
    /// Shows the settings of `request`, and samples with it if that is possible.
    void sample_again(const SampleRequest& request);
    bool can_sample() const;
    /// What sample() would post.
    Sample settings() const;
    /// Whether a sampling job of this page is in progress; capabilities_changed() follows a change.
    bool is_running() const { return session_.is_running(); }
    void stop();
    /// Plays how the example, a model at `path` that does not become the open model, denoises a few images.
    void play_example(const std::filesystem::path& path);
    /// Removes the samples of the example.
    void close_example();
    bool has_example() const { return example_.is_open(); }
    /// Whether the sampling job in progress is one of the example.
    bool is_sampling_example() const { return example_.is_sampling(); }

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
    bool has_sample_button() const override { return true; }

  Q_SIGNALS:
    void example_closed();  ///< by the person
    void compare_wanted();  ///< of the settings with others

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
    void show_example_note();
    void show_strip();
    void show_entry();     ///< after another sample was chosen
    void show_frames();    ///< after frames were added or dropped
    void show_position();  ///< after the position changed

    EngineLink& link_;
    const Theme& theme_;
    SampleSession session_;
    ExampleShow example_;
    Redraw* redraw_;

    SampleControls* controls_;
    QStackedLayout* stack_;
    QLabel* placeholder_;
    SampleBar* bar_;
    ExampleNote* example_note_;
    FrameView* frames_;
    SteadyLabel* numbers_;
    TransportBar* transport_;
    ScheduleTrack* track_;
    FilmStrip* strip_;
};

}  // namespace denoise::ui
