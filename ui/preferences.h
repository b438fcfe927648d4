#pragma once

#include <QString>
#include <QStringList>

#include "ui/theme/theme.h"

namespace denoise::ui {

/// What the program remembers of a person's wishes, in QSettings. A run's settings are not among them: they
/// are in the run.
struct Preferences {
    Appearance appearance = Appearance::system;
    int threads = 0;              ///< 0: all cores but one
    QString runs_folder;          ///< empty: default_runs_folder()
    QString export_folder;        ///< empty: the desktop's pictures folder
    QStringList recent_datasets;  ///< newest first; paths or "glyphs"

    bool operator==(const Preferences&) const = default;
};

Preferences load_preferences();
void save_preferences(const Preferences& preferences);

/// `path` first, no doubles, at most six.
void remember_dataset(Preferences& preferences, const QString& path);

/// Where pictures are opened from and saved to when nothing else is said: the desktop's pictures folder, or
/// home where there is none.
QString default_pictures_folder();

/// Cores that a run uses when nothing else is said: all but one, at least one.
int default_threads();

}  // namespace denoise::ui
