#pragma once

#include <optional>

#include "engine/runs/training_health.h"
#include "ui/window/command_part.h"

class QDockWidget;
class QMenu;

namespace denoise {
struct RunConfig;
struct ScheduleConfig;
}  // namespace denoise

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
    /// Uses a schedule for the next run, unless a run is open for training.
    void use_schedule(const ScheduleConfig& schedule);
    /// Changes the run in training, or sets up a new one like the open run with this change.
    void apply_fix(const SettingFix& fix);
    /// Loads the dataset that was used last, or the built-in one.
    void load_last_dataset();

  Q_SIGNALS:
    void notice(const QString& text);

  private:
    void start_new_run();
    void set_up_with(const SettingFix& fix);
    void show_settings();
    void update_recent_datasets(QMenu& menu);

    EngineLink& link_;
    ConfigEditor& editor_;
    QDockWidget& dock_;
    SetupPanel& setup_;
    std::optional<SettingFix> next_fix_;  ///< for a new run, when the open one is closed
    QList<QAction*> preset_actions_;      ///< of the menu of the tool bar
    PreferenceStore& preferences_;
};

}  // namespace denoise::ui
