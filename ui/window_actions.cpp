#include "ui/window_actions.h"

#include <QCoreApplication>
#include <QMainWindow>

#include "ui/theme/theme.h"

namespace denoise::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("WindowActions", text);
}

}  // namespace

WindowActions::WindowActions(QMainWindow& window, const Theme& theme) {
    const auto group = [this](const QString& title) { groups.append({title, {}}); };
    const auto make = [&](const char* name, const QString& text, const QString& icon, const QString& hint,
                          const QList<QKeySequence>& keys = {}) {
        auto* action = new QAction(text, &window);
        action->setObjectName(name);
        if (!icon.isEmpty()) action->setIcon(theme.icon(icon));
        action->setShortcuts(keys);
        action->setData(hint);
        window.addAction(action);
        if (!groups.isEmpty()) groups.back().actions.append(action);
        set_allowed(action, {});
        return action;
    };
    const auto key = [](const char* text) { return QList<QKeySequence>{QKeySequence(text)}; };

    group(tr("Data and runs"));
    open_dataset = make("open_dataset", tr("MNIST files…"), "document-open",
                        tr("Chooses images in an IDX file (MNIST) or a CIFAR file"), key("Ctrl+O"));
    open_folder = make("open_folder", tr("Picture folder…"), "folder-open",
                       tr("Chooses a folder of pictures"), key("Ctrl+Shift+O"));
    use_glyphs = make("use_glyphs", tr("Glyphs"), "denoise-lab",
                      tr("Chooses the images that the program draws itself"));
    open_model = make("open_model", tr("Open model…"), "denoise-unet",
                      tr("Opens a checkpoint, a run, or a model in a diffusers folder"), key("Ctrl+Shift+M"));
    new_run = make("new_run", tr("New run"), "document-new",
                   tr("Puts the open run away, so that the settings count for a new one"), key("Ctrl+N"));
    save_checkpoint = make("save_checkpoint", tr("Save checkpoint"), "document-save",
                           tr("Saves the run as it stands"), key("Ctrl+S"));
    export_model =
        make("export_model", tr("Export model…"), "document-export",
             tr("Writes the open model for other programs: a diffusers folder or a safetensors file"),
             key("Ctrl+Shift+E"));
    preferences = make("preferences", tr("Preferences…"), "configure", tr("Appearance, threads, folders"),
                       key("Ctrl+,"));
    quit = make("quit", tr("Quit"), "application-exit",
                tr("Closes the window; a run in training can be saved"), key("Ctrl+Q"));

    group(tr("Training"));
    train = make("train", tr("Train"), "media-playback-start", tr("Starts a new run with these settings"),
                 key("Ctrl+R"));
    go_on = make("continue", tr("Continue"), "media-playback-start", tr("Goes on with the paused run"));
    pause = make("pause", tr("Pause"), "media-playback-pause", tr("Pauses after the step in progress"),
                 key("Ctrl+Shift+P"));
    stop = make("stop", tr("Stop"), "media-playback-stop", tr("Saves the run and ends its training"),
                key("Ctrl+."));
    single_step = make("step", tr("Step"), "media-skip-forward",
                       tr("Does one training step, then pauses again"), key("Ctrl+Shift+R"));
    log_axis = make("log", tr("Logarithmic loss axis"), {}, tr("Switches the loss axis"), key("L"));
    less_smooth =
        make("less_smooth", tr("Smooth the loss less"), {}, tr("Averages over fewer steps"), key("["));
    more_smooth =
        make("more_smooth", tr("Smooth the loss more"), {}, tr("Averages over more steps"), key("]"));

    group(tr("Pictures"));
    sample = make("sample", tr("Sample"), "denoise-noise",
                  tr("Draws new pictures with the model, also while it trains"), key("Ctrl+G"));
    export_pictures = make("export", tr("Export"), "document-export", tr("Saves pictures, frames or a film"),
                           key("Ctrl+E"));
    copy_image = make("copy_image", tr("Copy image"), "edit-copy", tr("Copies the picture that is shown"),
                      key("Ctrl+Shift+C"));
    play = make("play", tr("Play or pause"), {}, tr("Plays the page that is shown"), key("Space"));
    back = make("back", tr("One step back"), {}, tr("One frame back"), key("Left"));
    forward = make("forward", tr("One step on"), {}, tr("One frame on"), key("Right"));
    back_ten = make("back_ten", tr("Ten steps back"), {}, tr("Ten frames back"), key("Shift+Left"));
    forward_ten = make("forward_ten", tr("Ten steps on"), {}, tr("Ten frames on"), key("Shift+Right"));
    to_start = make("to_start", tr("To the start"), {}, tr("The first frame"), key("Home"));
    to_end = make("to_end", tr("To the end"), {}, tr("The last frame"), key("End"));

    group(tr("Window"));
    undo =
        make("undo", tr("Undo"), "edit-undo", tr("Takes back the last change of a setting"), key("Ctrl+Z"));
    redo = make("redo", tr("Redo"), "edit-redo", tr("Does it again"), key("Ctrl+Shift+Z"));
    tab_train = make("tab_train", tr("Train"), {}, tr("Shows the training"), key("Ctrl+1"));
    tab_denoise =
        make("tab_denoise", tr("Denoise"), {}, tr("Shows how pictures come out of noise"), key("Ctrl+2"));
    tab_noise = make("tab_noise", tr("Noise"), {}, tr("Shows how pictures become noise"), key("Ctrl+3"));
    tab_runs = make("tab_runs", tr("Runs"), {}, tr("Shows the runs"), key("Ctrl+4"));
    show_model = make("show_model", tr("Model"), {}, tr("Lists the parts of the open model"), key("Ctrl+5"));
    show_evaluation =
        make("show_evaluation", tr("Evaluation"), {}, tr("Measures the open model"), key("Ctrl+6"));
    full_screen =
        make("full_screen", tr("Full screen"), "view-fullscreen", tr("Fills the screen"), key("F11"));
    shortcuts = make("shortcuts", tr("Keyboard shortcuts"), "input-keyboard", tr("Lists all keys"),
                     {QKeySequence("F1"), QKeySequence("Ctrl+/")});
    about = make("about", tr("About Denoise Lab"), "denoise-lab", tr("Version and licence"));

    // These three stand on the filled button, whose colour their icons have to stand out from.
    for (QAction* action : {train, go_on, pause}) {
        action->setIcon(theme.icon(action == pause ? "media-playback-pause" : "media-playback-start",
                                   Colour::accent_text));
        action->setIconVisibleInMenu(false);
    }
    const std::pair<QAction*, QString> pages[] = {{tab_train, tr("Tab: Train")},
                                                  {tab_denoise, tr("Tab: Denoise")},
                                                  {tab_noise, tr("Tab: Noise")},
                                                  {tab_runs, tr("Runs and log")}};
    for (const auto& [action, text] : pages) action->setText(text);
    quit->setMenuRole(QAction::QuitRole);
    preferences->setMenuRole(QAction::PreferencesRole);
}

QString hint_of(const QAction* action) {
    const QString keys = action->shortcut().toString(QKeySequence::NativeText);
    const QString hint = action->data().toString();
    return keys.isEmpty() ? hint : QStringLiteral("%1 (%2)").arg(hint, keys);
}

void set_allowed(QAction* action, const QString& reason) {
    action->setEnabled(reason.isEmpty());
    action->setToolTip(reason.isEmpty() ? hint_of(action) : reason);
    action->setStatusTip(QString());
}

}  // namespace denoise::ui
