#pragma once

#include <QPointer>
#include <QTimer>

#include "engine/schedule/noise_schedule.h"
#include "engine/session/pictures.h"
#include "ui/pages/page.h"

class QButtonGroup;
class QCheckBox;
class QComboBox;
class QLabel;
class QSpinBox;
class QStackedWidget;
class QPushButton;
class QScrollArea;

namespace denoise::ui {

class EngineLink;
class FilmStrip;
class NoiseEquation;
class PictureInspector;
class PictureSource;
class ScheduleComparison;
class ScheduleTrack;
class Theme;
class TransportBar;

/// The tab of the forward process: a picture with any amount of noise, and a comparison of the schedules.
class NoisePage : public Page {
    Q_OBJECT
  public:
    NoisePage(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// Reads the file without blocking; message() reports a failure.
    void open_picture(const QString& path);
    void set_picture(const Picture& picture);
    void set_timestep(int timestep);

    bool can_play() const override;
    void play_or_pause() override;
    bool can_step() const override { return true; }
    /// A positive step goes to more noise, since the track leads from the picture to noise.
    void step(int delta) override;
    void go_to_start() override;
    void go_to_end() override;
    int controls_bottom() const override;
    Picture picture() const override;

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    QLayout* make_controls();
    QLayout* make_second_row();
    void use_dataset();
    void make_comparison();
    void update_schedule();
    void update_noise();
    void update_strip();
    void update_time();
    QSize picture_limit() const;
    void advance();
    void inspect(const Picture& picture, const QString& title);
    ScheduleConfig config() const;

    EngineLink& link_;
    const Theme& theme_;
    NoiseSchedule schedule_;
    NoisedPicture noised_;  ///< as large as it is shown
    NoisedPicture small_;   ///< for the strips and rows
    std::uint64_t seed_ = 0;
    int timestep_ = 0;

    PictureSource* source_;
    QComboBox* kind_;
    QSpinBox* timesteps_;
    QCheckBox* scale_ends_;
    QPushButton* next_;
    QLabel* name_;  ///< of the picture
    QButtonGroup* modes_;
    QStackedWidget* middle_;
    NoiseEquation* equation_;
    QScrollArea* comparison_room_;
    ScheduleComparison* comparison_ = nullptr;  ///< made when it is first shown, which saves start-up time
    ScheduleTrack* track_;
    FilmStrip* strip_;
    TransportBar* transport_;
    QTimer refit_;  ///< runs after the window was resized
    QPointer<PictureInspector> inspector_;
};

}  // namespace denoise::ui
