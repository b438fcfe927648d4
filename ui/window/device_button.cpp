#include "ui/window/device_button.h"

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
    const QString hint = tr("The device that trains the model. Opens the preferences.");
    setToolTip(hint);
    connect(&link, &EngineLink::run_opened, this, [this, hint](const RunOpened& run) {
        setToolTip(run.execution.empty()
                       ? hint
                       : tr("This run trains with %1.").arg(text_of(run.execution)) + "\n" + hint);
    });
    connect(&editor, &ConfigEditor::changed, this, &DeviceButton::show_device);
    connect(&preferences, &PreferenceStore::changed, this, &DeviceButton::show_device);
    show_device();
}

void DeviceButton::show_device() {
    setText(tr("CPU, %n thread(s)", nullptr, preferences_.threads(editor_.config().training.threads)));
    setAccessibleName(tr("Device: %1").arg(text()));
}

}  // namespace denoise::ui
