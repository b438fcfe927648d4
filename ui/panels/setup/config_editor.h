#pragma once

#include <QObject>
#include <QUndoStack>

#include "engine/runs/run_config.h"

namespace denoise::ui {

/// The settings of the next run. Every change can be undone; typing in a field is undone as a whole.
class ConfigEditor : public QObject {
    Q_OBJECT
  public:
    explicit ConfigEditor(QObject* parent = nullptr);

    const RunConfig& config() const { return config_; }
    QUndoStack& undo_stack() { return stack_; }
    /// The name of the preset that was used last; empty: the settings are those of a run without one.
    const QString& preset() const { return preset_; }

    /// Throws Error, without a change, if the value is not valid for the setting.
    void set_value(const std::string& key, const SettingValue& value);
    void use_preset(const Preset& preset);
    /// The preset with another budget.
    void use_preset(const Preset& preset, double minutes);
    void use_dataset(const DatasetConfig& dataset);
    void use_schedule(const ScheduleConfig& schedule);
    /// Copies the settings of a run, except the number of threads and the device.
    void use_run(const RunConfig& config);
    /// While locked, changes from before cannot be undone.
    void set_locked(bool locked);
    bool can_undo() const { return stack_.index() > first_undo_; }
    /// While locked, changes that were undone before cannot be done again.
    bool can_redo() const { return stack_.canRedo() && !redo_is_older_; }
    /// Ends typing: the next change of the same field is undone separately.
    void finish_step();

  Q_SIGNALS:
    void changed();

  private:
    class Edit;
    struct State {
        RunConfig config;
        QString preset;
    };
    void use(const RunConfig& config, const Preset& preset, const QString& text);
    void push(State next, const QString& text, const std::string& key);
    void restore(const State& state);

    RunConfig config_;
    QString preset_;
    QUndoStack stack_;
    int step_ = 0;
    int first_undo_ = 0;          ///< index in stack_; changes below it cannot be undone
    bool redo_is_older_ = false;  ///< than the lock
};

}  // namespace denoise::ui
