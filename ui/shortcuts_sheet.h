#pragma once

#include <QDialog>

#include "ui/window_actions.h"

namespace denoise::ui {

class Theme;

/// All keys on one sheet.
class ShortcutsSheet : public QDialog {
    Q_OBJECT
  public:
    ShortcutsSheet(const Theme& theme, const QList<WindowActions::Group>& groups, QWidget* parent = nullptr);
};

}  // namespace denoise::ui
