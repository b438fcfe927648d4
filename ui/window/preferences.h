#pragma once

#include <QString>
#include <QStringList>

#include "engine/base/log.h"
#include "ui/paths/download_preferences.h"
#include "ui/theme/theme.h"

namespace denoise::ui {

/// The user's preferences, which are stored in QSettings. The settings of a run are stored in the run.
struct Preferences {
    Appearance appearance = Appearance::system;
    bool smooth_pictures = false;    ///< Theme::smooth_pictures()
    int threads = 0;                 ///< 0: automatic
    int trajectory_megabytes = 512;  ///< EngineOptions::trajectory_bytes
    QString runs_folder;             ///< empty: default_runs_folder()
    QString export_folder;           ///< empty: the desktop's pictures folder
    DownloadPreferences downloads;   ///< of datasets
    LogLevel log_level = LogLevel::info;
    QStringList recent_datasets;  ///< newest first; paths or "glyphs"
    bool is_acquainted = false;   ///< has used the program or closed the example, which then does not play

    bool operator==(const Preferences&) const = default;
};

Preferences load_preferences();
void save_preferences(const Preferences& preferences);

/// Puts `path` first among the recent datasets, of which the newest six are kept.
void remember_dataset(Preferences& preferences, const QString& path);
void forget_dataset(Preferences& preferences, const QString& path);

}  // namespace denoise::ui
