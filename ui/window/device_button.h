#pragma once

#include <QToolButton>

namespace denoise::ui {

class ConfigEditor;
class EngineLink;
class PreferenceStore;

/// Shows on what the next run will be trained.
class DeviceButton : public QToolButton {
    Q_OBJECT
  public:
    DeviceButton(const ConfigEditor& editor, const PreferenceStore& preferences, const EngineLink& link,
                 QWidget* parent = nullptr);

  private:
    void show_device();

    const ConfigEditor& editor_;
    const PreferenceStore& preferences_;
};

}  // namespace denoise::ui
