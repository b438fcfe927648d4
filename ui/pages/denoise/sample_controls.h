#pragma once

#include <QWidget>
#include <map>

#include "engine/session/commands.h"

class QComboBox;
class QDoubleSpinBox;
class QPushButton;
class QSpinBox;

namespace denoise::ui {

class Theme;

/// The settings for sampling and the button that starts it. While a job is in progress, the button stops it.
class SampleControls : public QWidget {
    Q_OBJECT
  public:
    explicit SampleControls(const Theme& theme, QWidget* parent = nullptr);

    SampleRequest request() const;
    void set_guidance(double scale);
    /// Without changed().
    void set_request(const SampleRequest& request);
    /// Why sampling is not possible; empty: it is.
    void set_obstacle(const QString& reason);
    void set_running(bool running);
    /// The number of timesteps of the model, which is the largest number of steps.
    void set_timesteps(int timesteps);
    /// The classes that the model can be asked for; empty: it has none. `guidance`: whether it was also
    /// trained without labels, which guidance needs.
    void set_classes(const std::vector<std::string>& names, bool guidance);
    /// Why the length of the EMA cannot be chosen; empty: it can.
    void set_ema_length_obstacle(const QString& reason);

  Q_SIGNALS:
    void changed();  ///< by the person, or by set_guidance()
    void sample_pressed();
    void cancel_pressed();

  protected:
    bool event(QEvent* event) override;

  private:
    void set_up_fields();
    QWidget* make_class_fields(const Theme& theme);
    void make_row(const Theme& theme);
    void report_changes();
    void sampler_changed();
    void update_eta();
    void update_button();

    const Theme& theme_;
    QComboBox* sampler_;
    QSpinBox* steps_;
    QDoubleSpinBox* eta_;
    QDoubleSpinBox* ema_length_;
    QSpinBox* count_;
    QSpinBox* seed_;
    QWidget* classes_;  ///< holds the next two
    QComboBox* class_;
    QDoubleSpinBox* guidance_;
    QPushButton* button_;
    std::string shown_sampler_;
    std::map<std::string, int> steps_of_;  ///< by sampler: what was set for it
    QString obstacle_;
    bool running_ = false;
};

}  // namespace denoise::ui
