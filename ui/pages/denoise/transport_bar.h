#pragma once

#include <QTimer>
#include <QWidget>

class QComboBox;
class QLabel;
class QToolButton;

namespace denoise::ui {

class Theme;

/// Buttons to play and to step, the speed, and a readout of fixed width. Emits beat() for each frame while it
/// plays.
class TransportBar : public QWidget {
    Q_OBJECT
  public:
    explicit TransportBar(const Theme& theme, QWidget* parent = nullptr);

    bool playing() const { return beat_.isActive(); }
    void set_playing(bool playing);
    /// Chooses the speed that is nearest to so many frames per second.
    void set_speed(int frames_per_second);
    void set_readout(const QString& text);
    /// Makes the readout wide enough for `widest`.
    void reserve_readout(const QString& widest);

  Q_SIGNALS:
    void play_pressed();
    void stepped(int delta);
    void start_pressed();
    void end_pressed();
    void beat();  ///< the next frame is due

  private:
    void update_play_button();

    const Theme& theme_;
    QToolButton* play_;
    QComboBox* speed_;
    QLabel* readout_;
    QTimer beat_;
};

}  // namespace denoise::ui
