#pragma once

#include <QObject>
#include <QUndoStack>

#include "engine/training/run_config.h"

namespace denoise::ui {

/// The settings that the next run will have. Every change is a step on the undo stack; typing in one field
/// becomes one step.
class ConfigEditor : public QObject {
    Q_OBJECT
  public:
    explicit ConfigEditor(QObject* parent = nullptr);

    const RunConfig& config() const { return config_; }
    QUndoStack& undo_stack() { return stack_; }
    /// The preset that the settings came from last.
    const QString& preset() const { return preset_; }

    /// Throws Error when the value is not one that the setting takes; the config is as it was then.
    void set_value(const std::string& key, const SettingValue& value);
    void use_preset(const Preset& preset);
    void use_dataset(const DatasetConfig& dataset);
    /// Ends the step that typing makes: the next edit of the same field is a step of its own.
    void finish_step();

  Q_SIGNALS:
    void changed();

  private:
    class Edit;
    struct State {
        RunConfig config;
        QString preset;
    };
    void push(State next, const QString& text, const std::string& key);
    void restore(const State& state);

    RunConfig config_;
    QString preset_;
    QUndoStack stack_;
    int step_ = 0;
};

}  // namespace denoise::ui
