#pragma once

#include "ui/window/command_part.h"

class QDockWidget;
class QMenu;

namespace denoise {
struct RunConfig;
}

namespace denoise::ui {

class ConfigEditor;
class EngineLink;
class PreferenceStore;
class SetupPanel;

/// The commands of the dock "Setup": datasets, presets, and changes of the settings.
class SetupCommands : public CommandPart {
    Q_OBJECT
  public:
    SetupCommands(EngineLink& link, ConfigEditor& editor, QDockWidget& dock, SetupPanel& setup,
                  PreferenceStore& preferences);

    std::vector<ActionRow> rows() override;
    void describe(Situation& now) const override;
    void update(const Situation& now) override;

    void fill_preset_menu(QMenu& menu);
    /// Adds the recent datasets each time before the menu opens.
    void add_recent_datasets_to(QMenu& menu);
    /// Shows the settings of an earlier run, for a new one.
    void set_up_with(const RunConfig& config);
    /// Loads the dataset that was used last, or the built-in one.
    void load_last_dataset();

  private:
    void start_new_run();
    void show_settings();
    void update_recent_datasets(QMenu& menu);

    EngineLink& link_;
    ConfigEditor& editor_;
    QDockWidget& dock_;
    SetupPanel& setup_;
    QList<QAction*> preset_actions_;  ///< of the menu of the tool bar
    PreferenceStore& preferences_;
};

}  // namespace denoise::ui
