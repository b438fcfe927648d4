#pragma once

#include <QPointer>
#include <QTimer>

#include "engine/diffusion/noise_schedule.h"
#include "engine/session/pictures.h"
#include "ui/page.h"

class QButtonGroup;
class QCheckBox;
class QComboBox;
class QLabel;
class QMimeData;
class QSpinBox;
class QStackedWidget;
class QPushButton;

namespace denoise::ui {

class EngineLink;
class FilmStrip;
class NoiseEquation;
class PictureInspector;
class ScheduleComparison;
class ScheduleTrack;
class Theme;
class TransportBar;

/// The tab of the forward process: any picture under any amount of noise, and the schedules compared.
class NoisePage : public Page {
    Q_OBJECT
  public:
    NoisePage(EngineLink& link, const Theme& theme, QWidget* parent = nullptr);

    /// Reads the file without blocking; a message() tells what is wrong with it.
    void open_picture(const QString& path);
    void set_picture(const Picture& picture);
    void set_timestep(int timestep);
    int timestep() const { return timestep_; }
    const NoiseSchedule& schedule() const { return schedule_; }

    bool can_play() const override;
    void play_or_pause() override;
    bool can_step() const override { return true; }
    /// The track runs from picture to noise here, so a positive step goes right, to more noise.
    void step(int delta) override;
    void go_to_start() override;
    void go_to_end() override;
    Picture picture() const override;

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    QLayout* make_controls();
    QLayout* make_second_row();
    void show_dataset_picture(int index);
    void choose_file();
    void paste();
    bool take(const QMimeData* data);
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
    NoisedPicture noised_;  ///< the picture as it is shown
    NoisedPicture small_;   ///< and for the strips and rows
    Picture x0_;
    std::uint64_t seed_ = 0;
    int timestep_ = 0;
    int dataset_index_ = 0;
    bool own_picture_ = false;  ///< the person chose it; a new dataset does not replace it
    int load_number_ = 0;       ///< of the newest file asked for
    QString last_folder_;

    QComboBox* kind_;
    QSpinBox* timesteps_;
    QCheckBox* scale_ends_;
    QPushButton* next_;
    QLabel* source_;
    QButtonGroup* modes_;
    QStackedWidget* middle_;
    NoiseEquation* equation_;
    ScheduleComparison* comparison_;
    ScheduleTrack* track_;
    FilmStrip* strip_;
    TransportBar* transport_;
    QTimer refit_;  ///< after the window was resized
    QPointer<PictureInspector> inspector_;
};

}  // namespace denoise::ui
