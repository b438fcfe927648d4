#pragma once

#include <QLabel>
#include <QLineEdit>

#include "engine/base/setting.h"

namespace denoise::ui {

/// A line edit for a number or a list of numbers. At the right it shows the unit, or what the number means if
/// it is no amount, such as "automatic" for 0. Up, Down and, with the focus, the wheel change a single number
/// by stepped(). It ignores the keys for undo, which the window handles for all settings.
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
    void show_unit();
    void place_unit();

    SettingInfo info_;
    QLabel* unit_;
};

/// `value` one step up or down, within the range of the setting. Integers from 20 on change by their second
/// digit, smaller ones by 1, and real numbers by their first digit.
double stepped(const SettingInfo& info, double value, int direction);

}  // namespace denoise::ui
