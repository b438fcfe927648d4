#include "ui/window/window_commands.h"

#include <QMainWindow>
#include <QMessageBox>

#include "ui/theme/theme.h"
#include "ui/window/close_guard.h"
#include "ui/window/preference_store.h"
#include "ui/window/preferences_dialog.h"
#include "ui/window/shortcuts_sheet.h"

namespace denoise::ui {

WindowCommands::WindowCommands(QMainWindow& window, const WindowActions& actions, const CloseGuard& guard,
                               Theme& theme, PreferenceStore& preferences)
    : window_(window), actions_(actions), guard_(guard), theme_(theme), preferences_(preferences) {
    connect(&guard, &CloseGuard::waiting_changed, this, &WindowCommands::situation_changed);
    const auto show_pictures = [this] { theme_.set_smooth_pictures(preferences_.get().smooth_pictures); };
    show_pictures();
    connect(&preferences_, &PreferenceStore::changed, this, show_pictures);
    connect(&theme_, &Theme::smooth_pictures_wanted, &preferences_, &PreferenceStore::set_smooth_pictures);
}

std::vector<ActionRow> WindowCommands::rows() {
    return {
        {.name = "preferences",
         .text = tr("Preferences…"),
         .icon = "configure",
         .hint = tr("Changes the appearance, pictures, the number of threads and the folders"),
         .keys = {"Ctrl+,"},
         .group = ActionGroup::data,
         .does = [this] { show_preferences(); }},
        {.name = "quit",
         .text = tr("Quit"),
         .icon = "application-exit",
         .hint = tr("Closes the window; a run that is being trained can be saved"),
         .keys = {"Ctrl+Q"},
         .group = ActionGroup::data,
         .does = [this] { window_.close(); }},
        {.name = "full_screen",
         .text = tr("Full screen"),
         .icon = "view-fullscreen",
         .hint = tr("Switches full screen on or off"),
         .keys = {"F11"},
         .does = [this] { window_.setWindowState(window_.windowState() ^ Qt::WindowFullScreen); }},
        {.name = "shortcuts",
         .text = tr("Keyboard shortcuts"),
         .icon = "input-keyboard",
         .hint = tr("Lists all keyboard shortcuts"),
         .keys = {"F1", "Ctrl+/"},
         .does = [this] { show_shortcuts(); }},
        {.name = "about",
         .text = tr("About Denoise Lab"),
         .icon = "denoise-lab",
         .hint = tr("Shows the version and the licence"),
         .does = [this] { show_about(); }},
    };
}

void WindowCommands::describe(Situation& now) const {
    now.is_closing = guard_.is_waiting();
}

void WindowCommands::show_preferences() {
    auto* dialog = new PreferencesDialog(theme_, preferences_.get(), &window_);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &PreferencesDialog::changed, this, [this](const Preferences& chosen) {
        if (chosen.appearance != preferences_.get().appearance) theme_.set_appearance(chosen.appearance);
        preferences_.set(chosen);
    });
    dialog->open();
}

void WindowCommands::show_shortcuts() {
    auto* sheet = new ShortcutsSheet(theme_, actions_, &window_);
    sheet->setAttribute(Qt::WA_DeleteOnClose);
    sheet->open();
}

void WindowCommands::show_about() {
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("About Denoise Lab"),
                                tr("Denoise Lab %1").arg(DENOISE_LAB_VERSION), QMessageBox::Close, &window_);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setIconPixmap(theme_.icon("denoise-lab").pixmap(64, 64));
    box->setInformativeText(
        tr("Train, watch and understand denoising diffusion models.\n\nFree software under the GNU General "
           "Public License, version 3 or later."));
    box->open();
}

}  // namespace denoise::ui
