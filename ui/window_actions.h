#pragma once

#include <QAction>
#include <QList>
#include <QString>

class QMainWindow;
class QMenu;
class QToolBar;
class QToolButton;

namespace denoise::ui {

class Theme;

/// Every command of the window, each one QAction with its name, icon, tooltip and shortcut. `hint()` is its
/// tooltip while it is enabled.
struct WindowActions {
    explicit WindowActions(QMainWindow& window, const Theme& theme);

    QAction *open_dataset, *open_folder, *use_glyphs, *open_model, *new_run, *save_checkpoint, *export_model,
        *preferences, *quit;
    QAction *undo, *redo, *copy_image;
    QAction *train, *go_on, *pause, *stop, *single_step, *sample, *export_pictures;
    QAction *play, *back, *forward, *back_ten, *forward_ten, *to_start, *to_end;
    QAction *tab_train, *tab_denoise, *tab_noise, *tab_runs, *show_model, *show_evaluation;
    QAction *log_axis, *less_smooth, *more_smooth, *full_screen, *about, *shortcuts;

    /// In the order of the cheat sheet, with a title before each group.
    struct Group {
        QString title;
        QList<QAction*> actions;
    };
    QList<Group> groups;
};

/// Enables `action`, or disables it with `reason` as its tooltip.
void set_allowed(QAction* action, const QString& reason);

/// The tooltip of an enabled action: what it does, and its shortcut.
QString hint_of(const QAction* action);

}  // namespace denoise::ui
