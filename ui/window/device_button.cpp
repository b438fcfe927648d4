#include "ui/window/device_button.h"

#include "engine/session/devices.h"
#include "ui/link/engine_link.h"
#include "ui/panels/setup/config_editor.h"
#include "ui/text/format.h"
#include "ui/window/preference_store.h"

namespace denoise::ui {

DeviceButton::DeviceButton(const ConfigEditor& editor, const PreferenceStore& preferences,
                           const EngineLink& link, QWidget* parent)
    : QToolButton(parent), editor_(editor), preferences_(preferences) {
    setObjectName("device");
    setProperty("role", "chip");
    setFocusPolicy(Qt::TabFocus);
    connect(&link, &EngineLink::run_opened, this, [this](const RunOpened& run) {
        training_ = text_of(run.execution);
        show_speeds();
    });
    connect(&link, &EngineLink::sample_started, this, [this](const SampleStarted& start) {
        sampling_ = text_of(start.speeds);
        show_speeds();
    });
    show_speeds();
    connect(&editor, &ConfigEditor::changed, this, &DeviceButton::show_device);
    connect(&preferences, &PreferenceStore::changed, this, &DeviceButton::show_device);
    show_device();
}

void DeviceButton::show_speeds() {
    QStringList lines;
    if (!training_.isEmpty()) lines << tr("This run trains with %1.").arg(training_);
    if (!sampling_.isEmpty()) lines << tr("Samples are computed with %1.").arg(sampling_);
    lines << tr("The device that trains the model. Opens the preferences.");
    setToolTip(lines.join('\n'));
}

void DeviceButton::show_device() {
    const TrainingConfig& training = editor_.config().training;
    const ComputeDevice device = usable_device(training.device);
    setText(is_graphics_card(device)
                ? text_of(entry_of(device).title)
                : tr("Processor, %n thread(s)", nullptr, preferences_.threads(training.threads)));
    setAccessibleName(tr("Device: %1").arg(text()));
}

}  // namespace denoise::ui
