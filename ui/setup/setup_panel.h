#pragma once

#include <QLabel>
#include <QScrollArea>
#include <QTimer>
#include <QWidget>
#include <optional>

#include "engine/session/events.h"
#include "ui/setup/config_editor.h"

class QComboBox;

namespace denoise::ui {

class DatasetSection;
class EngineLink;
class ModelTree;
class SettingsForm;
class Theme;

/// The dock "Setup": which images, which preset, which settings, and the network that comes of them.
class SetupPanel : public QWidget {
    Q_OBJECT
  public:
    SetupPanel(EngineLink& link, ConfigEditor& editor, const Theme& theme, QWidget* parent = nullptr);

    DatasetSection& datasets() { return *datasets_; }
    SettingsForm& form() { return *form_; }
    /// Chooses the images at `path` ("glyphs", IDX files or a folder) and loads them.
    void use_dataset(const QString& path);
    void undo();
    void redo();
    bool can_undo() const;

  Q_SIGNALS:
    void problem_changed();  ///< form().problem() may be another now

  private:
    void build(const Theme& theme);
    void show_config();
    void dataset_arrived(const DatasetReady& dataset);
    void load_if_changed();

    EngineLink& link_;
    ConfigEditor& editor_;
    QScrollArea* scroll_ = nullptr;
    DatasetSection* datasets_ = nullptr;
    QComboBox* preset_ = nullptr;
    QLabel* preset_help_ = nullptr;
    SettingsForm* form_ = nullptr;
    ModelTree* model_ = nullptr;
    std::optional<DatasetConfig> asked_;  ///< what was asked of the engine last
    QTimer load_timer_;                   ///< a size that is being typed loads once
};

}  // namespace denoise::ui
