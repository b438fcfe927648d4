#pragma once

#include <QPointer>
#include <QTimer>
#include <filesystem>

#include "engine/schedule/noise_schedule.h"
#include "engine/session/pictures.h"
#include "ui/export/captioned_row.h"
#include "ui/pages/page.h"

class QButtonGroup;
class QLabel;
class QStackedWidget;
class QPushButton;
class QScrollArea;

namespace denoise::ui {

class DrawPanel;
class EngineLink;
class FilmStrip;
class NoiseEquation;
class PictureInspector;
class PictureSource;
class ScheduleComparison;
class ScheduleFields;
class ScheduleTrack;
class Theme;
class TransportBar;

/// The tab of the forward process: a picture with any amount of noise, a comparison of the schedules, and a
/// schedule that is drawn by hand. It shows the schedule of the open run until another one is chosen.
class NoisePage : public Page {
    Q_OBJECT
  public:
    NoisePage(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// Reads the file without blocking; message() reports a failure.
    void open_picture(const QString& path);
    void set_picture(const Picture& picture);
    void set_timestep(int timestep);
    /// Shows this schedule in the part "Draw".
    void draw(const ScheduleConfig& config);

    bool can_play() const override;
    void play_or_pause() override;
    bool can_step() const override { return true; }
    /// A positive step goes to more noise, since the track leads from the picture to noise.
    void step(int delta) override;
    void go_to_start() override;
    void go_to_end() override;
    int controls_bottom() const override;
    Picture picture() const override;
    bool can_export() const override { return can_play(); }
    void export_pictures() override;
    bool has_sample_button() const override { return true; }
    /// Draws another epsilon for the same picture.
    void new_noise();

  Q_SIGNALS:
    void schedule_wanted(const denoise::ScheduleConfig& config);  ///< for the next run

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    QLayout* make_controls();
    QLayout* make_second_row();
    void use_dataset();
    void use_run();
    void show_mode(int mode);
    void show_name();
    void begin_drawing();
    void draw_from(ScheduleKind kind);  ///< begins a curve with points on this schedule
    void connect_panel();
    void make_comparison();
    void update_schedule();
    void update_noise();
    void update_strip();
    void update_time();
    QSize picture_limit() const;
    void advance();
    CaptionedRow captioned() const;  ///< what is shown
    void inspect(const Picture& picture, const QString& title);

    EngineLink& link_;
    const Theme& theme_;
    NoiseSchedule schedule_;
    NoisedPicture noised_;  ///< as large as it is shown
    NoisedPicture small_;   ///< for the strips and rows
    std::uint64_t seed_ = 0;
    int timestep_ = 0;
    std::filesystem::path run_;  ///< whose schedule was shown last
    QString picture_name_;

    PictureSource* source_;
    ScheduleFields* fields_;
    QPushButton* next_;
    QLabel* name_;  ///< of the picture, and whose schedule it is
    QButtonGroup* modes_;
    QStackedWidget* middle_;
    NoiseEquation* equation_;
    QScrollArea* comparison_room_;
    DrawPanel* panel_;
    ScheduleComparison* comparison_ = nullptr;  ///< made when it is first shown, which saves start-up time
    ScheduleTrack* track_;
    FilmStrip* strip_;
    TransportBar* transport_;
    QTimer refit_;  ///< runs after the window was resized
    QPointer<PictureInspector> inspector_;
};

}  // namespace denoise::ui
