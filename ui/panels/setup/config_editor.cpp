#include "ui/panels/setup/config_editor.h"

#include <QUndoCommand>
#include <utility>

#include "ui/text/format.h"

namespace denoise::ui {

/// A change from one config to another.
class ConfigEditor::Edit : public QUndoCommand {
  public:
    Edit(ConfigEditor& editor, State before, State after, std::string key, int step, const QString& text)
        : QUndoCommand(text),
          editor_(editor),
          before_(std::move(before)),
          after_(std::move(after)),
          key_(std::move(key)),
          step_(step) {}

    void undo() override { editor_.restore(before_); }
    void redo() override { editor_.restore(after_); }
    int id() const override { return 1; }

    bool mergeWith(const QUndoCommand* other) override {
        const auto* next = static_cast<const Edit*>(other);
        if (key_.empty() || next->key_ != key_ || next->step_ != step_) return false;
        after_ = next->after_;
        setObsolete(after_.config == before_.config);
        return true;
    }

  private:
    ConfigEditor& editor_;
    State before_, after_;
    std::string key_;
    int step_;
};

ConfigEditor::ConfigEditor(QObject* parent) : QObject(parent) {
    if (!presets().empty()) {
        const DatasetConfig dataset = config_.dataset;
        config_ = presets().front().config;
        config_.dataset = dataset;
        preset_ = text_of(presets().front().name);
    }
}

void ConfigEditor::set_value(const std::string& key, const SettingValue& value) {
    const Setting<RunConfig>& setting = find_setting(run_settings(), key);
    check_setting(setting.info, value);
    State next{config_, preset_};
    setting.set(next.config, value);
    if (next.config != config_)
        push(std::move(next), tr("Change of “%1”").arg(text_of(setting.info.title)), key);
}

void ConfigEditor::use_preset(const Preset& preset) {
    use(preset.config, preset, tr("Preset “%1”").arg(text_of(preset.title)));
}

void ConfigEditor::use_preset(const Preset& preset, double minutes) {
    RunConfig config = preset.config;
    config.training.steps = 0;
    config.training.minutes = minutes;
    use(config, preset, tr("Choice of the time"));
}

void ConfigEditor::use(const RunConfig& config, const Preset& preset, const QString& text) {
    State next{config, text_of(preset.name)};
    next.config.dataset = config_.dataset;
    if (next.config != config_ || next.preset != preset_) push(std::move(next), text, {});
}

void ConfigEditor::use_dataset(const DatasetConfig& dataset) {
    State next{config_, preset_};
    next.config.dataset = dataset;
    if (next.config != config_) push(std::move(next), tr("Choice of the dataset"), {});
}

void ConfigEditor::use_schedule(const ScheduleConfig& schedule) {
    State next{config_, preset_};
    next.config.schedule = schedule;
    if (next.config != config_) push(std::move(next), tr("Choice of the noise schedule"), {});
}

void ConfigEditor::use_run(const RunConfig& config) {
    State next{config, {}};
    next.config.training.threads = config_.training.threads;
    next.config.training.device = config_.training.device;
    // These follow from the dataset.
    next.config.unet.classes = config_.unet.classes;
    next.config.unet.unlabelled_class = config_.unet.unlabelled_class;
    for (const Preset& preset : presets())
        if (preset.config.unet == next.config.unet && preset.config.schedule == config.schedule)
            next.preset = text_of(preset.name);
    if (next.config != config_) push(std::move(next), tr("Settings of the open run"), {});
}

void ConfigEditor::set_locked(bool locked) {
    first_undo_ = locked ? stack_.index() : 0;
    redo_is_older_ = locked && stack_.canRedo();
    finish_step();
}

void ConfigEditor::finish_step() {
    ++step_;
}

void ConfigEditor::push(State next, const QString& text, const std::string& key) {
    if (key.empty()) finish_step();
    redo_is_older_ = false;  // pushing removes it
    stack_.push(new Edit(*this, {config_, preset_}, std::move(next), key, step_, text));
}

void ConfigEditor::restore(const State& state) {
    config_ = state.config;
    preset_ = state.preset;
    Q_EMIT changed();
}

}  // namespace denoise::ui
