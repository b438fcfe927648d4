#include "ui/window/setup_commands.h"

#include <QDockWidget>
#include <QFileInfo>
#include <QMenu>
#include <utility>

#include "engine/session/datasets.h"
#include "ui/link/engine_link.h"
#include "ui/panels/setup/config_editor.h"
#include "ui/panels/setup/dataset_section.h"
#include "ui/panels/setup/settings_form.h"
#include "ui/panels/setup/setup_panel.h"
#include "ui/text/dataset_text.h"
#include "ui/text/format.h"
#include "ui/widgets/setting_field.h"
#include "ui/window/preference_store.h"

namespace denoise::ui {
namespace {

const QString glyphs = QStringLiteral("glyphs");
constexpr const char* is_recent = "recent";

}  // namespace

SetupCommands::SetupCommands(EngineLink& link, ConfigEditor& editor, QDockWidget& dock, SetupPanel& setup,
                             PreferenceStore& preferences)
    : link_(link), editor_(editor), dock_(dock), setup_(setup), preferences_(preferences) {
    connect(&setup, &SetupPanel::problem_changed, this, &SetupCommands::situation_changed);
    connect(&setup, &SetupPanel::new_run_wanted, this, &SetupCommands::start_new_run);
    connect(&setup, &SetupPanel::dataset_removed, &preferences_, &PreferenceStore::forget_dataset);
    connect(&editor.undo_stack(), &QUndoStack::indexChanged, this, &SetupCommands::situation_changed);
    connect(&link, &EngineLink::training_ended, this, [this] {
        if (const auto fix = std::exchange(next_fix_, std::nullopt)) set_up_with(*fix);
    });
    connect(&link, &EngineLink::dataset_ready, this, [this](const DatasetReady& dataset) {
        preferences_.remember_dataset(text_of(dataset.config.dataset));
        Q_EMIT situation_changed();
    });
}

std::vector<ActionRow> SetupCommands::rows() {
    using namespace obstacle;
    return {
        {.name = "open_dataset",
         .text = tr("Data file…"),
         .icon = "document-open",
         .hint = tr("Opens a file with many images: %1")
                     .arg(text_of(list_of_formats(&DatasetFormat::description))),
         .keys = {"Ctrl+O"},
         .group = ActionGroup::data,
         .unless = {run_open},
         .does = [this] { setup_.datasets().choose_file(); }},
        {.name = "open_folder",
         .text = tr("Picture folder…"),
         .icon = "folder-open",
         .hint = tr("Opens a folder of pictures"),
         .keys = {"Ctrl+Shift+O"},
         .group = ActionGroup::data,
         .unless = {run_open},
         .does = [this] { setup_.datasets().choose_picture_folder(); }},
        {.name = "prepare_dataset",
         .text = tr("Prepare dataset…"),
         .icon = "transform-crop",
         .hint = tr("Shows images of the dataset before and after their preparation, and changes it"),
         .keys = {"Ctrl+D"},
         .group = ActionGroup::data,
         .does = [this] { setup_.prepare_dataset(); }},
        {.name = "use_glyphs",
         .text = tr("Glyphs"),
         .icon = "denoise-lab",
         .hint = tr("Uses the built-in dataset of digits and shapes"),
         .group = ActionGroup::data,
         .unless = {run_open},
         .does = [this] { setup_.use_dataset(glyphs); }},
        {.name = "new_run",
         .text = tr("New run"),
         .icon = "document-new",
         .hint = tr("Starts setting up a new run; the open run stays in the list"),
         .keys = {"Ctrl+N"},
         .group = ActionGroup::data,
         .unless = {closing, loading, training, sampling},
         .does = [this] { start_new_run(); }},
        {.name = "undo",
         .text = tr("Undo"),
         .icon = "edit-undo",
         .hint = tr("Undoes the last change of a setting"),
         .keys = {"Ctrl+Z"},
         .group = ActionGroup::window,
         .unless = {nothing_to_undo},
         .does = [this] { setup_.undo(); }},
        {.name = "redo",
         .text = tr("Redo"),
         .icon = "edit-redo",
         .hint = tr("Redoes the last change that was undone"),
         .keys = {"Ctrl+Shift+Z"},
         .group = ActionGroup::window,
         .unless = {nothing_to_redo},
         .does = [this] { setup_.redo(); }},
    };
}

void SetupCommands::describe(Situation& now) const {
    now.can_undo = setup_.can_undo();
    now.can_redo = editor_.can_redo();
    if (const auto& problem = setup_.form().problem())
        now.settings_problem = text_of(problem->why.empty() ? problem->what : problem->why) + '.';
}

void SetupCommands::update(const Situation&) {
    for (QAction* action : preset_actions_) action->setEnabled(!setup_.run_settings().are_locked());
}

void SetupCommands::start_new_run() {
    if (link_.run() && link_.run()->trainable) link_.post(StopTraining{});
    setup_.run_settings().detach();
    show_settings();
}

void SetupCommands::set_up_with(const RunConfig& config) {
    editor_.use_run(config);
    setup_.run_settings().detach();
    show_settings();
}

void SetupCommands::apply_fix(const SettingFix& fix) {
    const bool is_open = setup_.run_settings().are_locked();
    if (is_open && !fix.new_run) {
        editor_.set_value(fix.key, fix.value);
        setup_.run_settings().apply();
    } else if (is_open) {
        next_fix_ = fix;  // when its settings are no longer those in Setup
        start_new_run();
    } else {
        set_up_with(fix);
    }
}

void SetupCommands::set_up_with(const SettingFix& fix) {
    if (link_.run()) editor_.use_run(link_.run()->config);
    editor_.set_value(fix.key, fix.value);
    setup_.run_settings().detach();
    show_settings();
    Q_EMIT notice(tr("The next run has the settings of this one, with one change. Press Train to start it."));
}

void SetupCommands::use_schedule(const ScheduleConfig& schedule) {
    if (setup_.run_settings().are_locked()) {
        Q_EMIT notice(
            tr("A run is open for training, and its schedule is fixed. Press “Set up the next run” first."));
        return;
    }
    editor_.use_schedule(schedule);
    if (!setup_.run_settings().are_for_next_run()) setup_.run_settings().detach();
    Q_EMIT notice(tr("The next run is trained with this schedule."));
    show_settings();
}

void SetupCommands::show_settings() {
    dock_.show();
    dock_.raise();
    if (auto* first = setup_.form().findChild<SettingField*>()) first->editor()->setFocus();
}

void SetupCommands::fill_preset_menu(QMenu& menu) {
    menu.setToolTipsVisible(true);
    for (const Preset& preset : presets()) {
        QAction* action = menu.addAction(text_of(preset.title));
        action->setToolTip(text_of(preset.help));
        connect(action, &QAction::triggered, this, [this, &preset] { editor_.use_preset(preset); });
        preset_actions_ << action;
    }
}

void SetupCommands::add_recent_datasets_to(QMenu& menu) {
    connect(&menu, &QMenu::aboutToShow, this, [this, &menu] { update_recent_datasets(menu); });
}

void SetupCommands::update_recent_datasets(QMenu& menu) {
    for (QAction* action : menu.actions())
        if (action->property(is_recent).toBool()) action->deleteLater();
    QStringList paths;
    for (const QString& path : preferences_.get().recent_datasets)
        if (path != glyphs && QFileInfo::exists(path)) paths << path;
    if (paths.isEmpty()) return;
    menu.addSeparator()->setProperty(is_recent, true);
    for (const QString& path : paths) {
        QAction* action = menu.addAction(dataset_title(path));
        action->setProperty(is_recent, true);
        action->setToolTip(path);
        connect(action, &QAction::triggered, this, [this, path] { setup_.use_dataset(path); });
    }
}

void SetupCommands::load_last_dataset() {
    const QStringList& recent = preferences_.get().recent_datasets;
    setup_.datasets().set_recent(recent);
    const QString last = recent.value(0, glyphs);
    setup_.use_dataset(last == glyphs || QFileInfo::exists(last) ? last : glyphs);
    editor_.undo_stack().clear();  // the first choice cannot be undone
}

}  // namespace denoise::ui
