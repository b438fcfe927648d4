#pragma once

#include <QDialog>

#include "ui/window/window_actions.h"

class QGridLayout;

namespace denoise::ui {

/// Lists the shortcuts of all commands by group.
class ShortcutsSheet : public QDialog {
    Q_OBJECT
  public:
    ShortcutsSheet(const Theme& theme, const WindowActions& actions, QWidget* parent = nullptr);

  private:
    QGridLayout* make_group(ActionGroup group, const Theme& theme, const WindowActions& actions);
};

}  // namespace denoise::ui
