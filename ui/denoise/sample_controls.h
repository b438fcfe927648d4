#pragma once

#include <QWidget>

#include "engine/session/commands.h"

class QComboBox;
class QDoubleSpinBox;
class QPushButton;
class QSpinBox;

namespace denoise::ui {

class Theme;

/// What to sample and the button that does it. While a sampler runs, the button stops it.
class SampleControls : public QWidget {
    Q_OBJECT
  public:
    explicit SampleControls(const Theme& theme, QWidget* parent = nullptr);

    SampleRequest request() const;
    void set_request(const SampleRequest& request);
    /// Why sampling is not possible; empty: it is.
    void set_obstacle(const QString& reason);
    void set_running(bool running);
    /// The model's number of timesteps, the most that a sampler can visit.
    void set_timesteps(int timesteps);
    /// The classes that the model can be asked for; none: a model without classes. `guidance`: whether it was
    /// also trained without labels, which guidance needs.
    void set_classes(const std::vector<std::string>& names, bool guidance);

  Q_SIGNALS:
    void sample_pressed();
    void cancel_pressed();

  private:
    SamplerKind sampler() const;
    void sampler_changed();
    void update_button();

    const Theme& theme_;
    QComboBox* sampler_;
    QSpinBox* steps_;
    QDoubleSpinBox* eta_;
    QSpinBox* count_;
    QSpinBox* seed_;
    QWidget* classes_;  ///< holds the next two
    QComboBox* class_;
    QDoubleSpinBox* guidance_;
    QPushButton* button_;
    std::vector<int> steps_of_;  ///< by sampler, so that each keeps its own
    int shown_sampler_ = 0;
    QString obstacle_;
    bool running_ = false;
};

}  // namespace denoise::ui
