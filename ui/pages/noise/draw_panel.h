#pragma once

#include <QWidget>

#include "engine/schedule/noise_schedule.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace denoise::ui {

class CurveEditor;
class SavedScheduleBox;
class Theme;

/// Draws a noise schedule by hand, and keeps it by name: the part "Draw" of the noise page.
class DrawPanel : public QWidget {
    Q_OBJECT
  public:
    explicit DrawPanel(const Theme& theme, QWidget* parent = nullptr);

    /// Shows the curve of `config`, which must be of the kind `drawn`.
    void set_config(const ScheduleConfig& config);

  Q_SIGNALS:
    void drawn(const QString& points);              ///< the curve was changed
    void start_wanted(denoise::ScheduleKind kind);  ///< the curve is to begin as this schedule
    void training_wanted();  ///< the schedule of the page is to be used for the next run
    void message(const QString& text);

  private:
    QLayout* make_controls();
    QToolButton* make_start_menu();
    void show_selection();
    void show_name();
    void save();
    void remove();

    CurveEditor* editor_;
    QComboBox* quantity_;
    QToolButton* add_;
    QToolButton* remove_;
    SavedScheduleBox* saved_;
    QLineEdit* name_;
    QPushButton* save_;
    QToolButton* delete_;
    QLabel* point_;
};

}  // namespace denoise::ui
