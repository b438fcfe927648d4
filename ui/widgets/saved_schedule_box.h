#pragma once

#include <vector>

#include "engine/runs/saved_schedules.h"
#include "ui/widgets/elided_combo_box.h"

namespace denoise::ui {

/// The schedules drawn by hand that were saved by name. It shows which of them has the present points, or
/// that none has. The list is read when it is opened, so that it is the same everywhere.
class SavedScheduleBox : public ElidedComboBox {
    Q_OBJECT
  public:
    explicit SavedScheduleBox(QWidget* parent = nullptr);

    /// Shows the saved schedule with these points.
    void set_points(const QString& points);
    /// The saved schedule that is shown; empty: none.
    QString chosen_name() const;
    /// Reads the list again.
    void refresh();

    void showPopup() override;

  Q_SIGNALS:
    void chosen(const QString& points);

  protected:
    void wheelEvent(QWheelEvent* event) override;

  private:
    void show_points();

    std::vector<SavedSchedule> schedules_;
    QString points_;
};

}  // namespace denoise::ui
