#pragma once

#include <QObject>
#include <optional>

#include "engine/schedule/noise_schedule.h"

class QBoxLayout;
class QCheckBox;
class QComboBox;
class QSpinBox;

namespace denoise::ui {

class Theme;

/// The fields of the noise page for a schedule: its kind, T and the scaling of its ends. Values without a
/// field are kept.
class ScheduleFields : public QObject {
    Q_OBJECT
  public:
    explicit ScheduleFields(const Theme& theme, QObject* parent = nullptr);

    ScheduleConfig config() const;
    void set_config(const ScheduleConfig& config);  ///< does not emit changed()
    /// Offers the schedule of the open run; nullopt: there is none.
    void set_run(const std::optional<ScheduleConfig>& run);
    /// Whether config() is the schedule of the open run.
    bool shows_run() const { return run_ && *run_ == config(); }

    void add_to(QBoxLayout& row);
    QCheckBox* scale_ends() const { return scale_ends_; }

  Q_SIGNALS:
    void changed();  ///< by the user

  private:
    void kind_chosen(int index);

    const Theme& theme_;
    ScheduleConfig base_;
    std::optional<ScheduleConfig> run_;
    QComboBox* kind_;
    QSpinBox* timesteps_;
    QCheckBox* scale_ends_;
};

}  // namespace denoise::ui
