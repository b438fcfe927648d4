#pragma once

#include <QLabel>
#include <QScrollArea>
#include <QTimer>
#include <QWidget>
#include <optional>

#include "engine/session/events.h"
#include "ui/panels/setup/config_editor.h"
#include "ui/panels/setup/run_settings.h"

class QComboBox;

namespace denoise::ui {

class DatasetSection;
class EngineLink;
class ModelTree;
class SettingsForm;
class Theme;
class TimeChoice;

/// The dock "Setup": the dataset, the preset, the settings and the resulting network.
class SetupPanel : public QWidget {
    Q_OBJECT
  public:
    SetupPanel(EngineLink& link, ConfigEditor& editor, const Theme& theme, QWidget* parent = nullptr);

    DatasetSection& datasets() { return *datasets_; }
    SettingsForm& form() { return *form_; }
    /// Opens the dialog in which the chosen dataset is prepared.
    void prepare_dataset();
    /// Chooses and loads the dataset at `path`: "glyphs", a file or a folder.
    void use_dataset(const QString& path);
    void undo();
    void redo();
    bool can_undo() const;
    RunSettings& run_settings() { return run_settings_; }
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void problem_changed();                          ///< form().problem() may have changed
    void new_run_wanted();                           ///< while a run is open for training
    void refused(const QString& reason);             ///< the dataset cannot be chosen or removed now
    void dataset_removed(const QString& path);       ///< from the cards
    void problem_over(const denoise::Error& error);  ///< an error of a load need not be shown any more

  private:
    void build(const Theme& theme);
    void show_config();
    void dataset_arrived(const DatasetReady& dataset);
    void remove_dataset(const QString& path);
    void use_downloaded(const QString& path);
    void return_from(const DatasetConfig& failed);
    void use_instead(const DatasetConfig& config);
    void load_if_changed();
    void apply_preparation(const DatasetConfig& config, bool flip);
    void lock();

    EngineLink& link_;
    ConfigEditor& editor_;
    const Theme& theme_;
    RunSettings run_settings_;
    QScrollArea* scroll_ = nullptr;
    DatasetSection* datasets_ = nullptr;
    TimeChoice* time_ = nullptr;
    QComboBox* preset_ = nullptr;
    QLabel* preset_help_ = nullptr;
    SettingsForm* form_ = nullptr;
    ModelTree* model_ = nullptr;
    std::optional<DatasetConfig> asked_;  ///< loaded last
    QTimer load_timer_;                   ///< so that typing a number loads the dataset only once
};

}  // namespace denoise::ui
