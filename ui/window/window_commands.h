#pragma once

#include "ui/window/command_part.h"
#include "ui/window/preferences.h"

namespace denoise::ui {

class CloseGuard;
class PreferenceStore;

/// The commands for the window as a whole.
class WindowCommands : public CommandPart {
    Q_OBJECT
  public:
    WindowCommands(QMainWindow& window, const WindowActions& actions, const CloseGuard& guard, Theme& theme,
                   PreferenceStore& preferences);

    std::vector<ActionRow> rows() override;
    void describe(Situation& now) const override;

  private:
    void show_preferences();
    void show_shortcuts();
    void show_about();

    QMainWindow& window_;
    const WindowActions& actions_;
    const CloseGuard& guard_;
    Theme& theme_;
    PreferenceStore& preferences_;
};

}  // namespace denoise::ui
