#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace denoise::ui {

class RunWatch;
class Theme;

/// The lines at the top of the page Train while a run is watched: what is watched, who trains it, and when
/// the last step arrived. Hidden otherwise.
class WatchBanner : public QFrame {
    Q_OBJECT
  public:
    WatchBanner(RunWatch& watch, const Theme& theme, QWidget* parent = nullptr);

    /// Why the run cannot be continued here now; empty: it can.
    void set_resume_blocked(const QString& reason);

  Q_SIGNALS:
    void resume_wanted();  ///< the training, which has ended, on this machine

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void show_report();

    RunWatch& watch_;
    const Theme& theme_;
    QHBoxLayout* row_;
    QLabel *icon_, *title_, *details_;
    QPushButton *resume_, *stop_;
    QString resume_blocked_;
};

}  // namespace denoise::ui
