#pragma once

#include <QLabel>
#include <QLineEdit>

#include "engine/base/setting.h"

namespace denoise::ui {

/// A line for a number or a list of numbers: the unit stands inside at the right; Up, Down and the wheel
/// (while it has the focus) step a single number by a digit of its own size. Undo keys are left to the
/// program, whose undo covers all settings.
class NumberEdit : public QLineEdit {
    Q_OBJECT
  public:
    explicit NumberEdit(const SettingInfo& info, QWidget* parent = nullptr);

  protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void step(int times);

    SettingInfo info_;
    QLabel* unit_ = nullptr;
};

/// `value` one step up or down: integers by 1 below 20, else by a tenth of their leading digit's place; reals
/// by their leading digit. Stays within the setting's range.
double stepped(const SettingInfo& info, double value, int direction);

}  // namespace denoise::ui
