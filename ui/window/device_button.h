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
    void show_speeds();

    const ConfigEditor& editor_;
    const PreferenceStore& preferences_;
    QString training_, sampling_;  ///< how the open run trains and how the last sample was computed
};

}  // namespace denoise::ui
