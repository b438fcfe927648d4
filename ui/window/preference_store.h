#pragma once

#include <QObject>
#include <filesystem>

#include "ui/window/preferences.h"

namespace denoise::ui {

/// The preferences that the parts of the window share. Each change is saved at once.
class PreferenceStore : public QObject {
    Q_OBJECT
  public:
    explicit PreferenceStore(const Preferences& preferences) : preferences_(preferences) {}

    const Preferences& get() const { return preferences_; }
    void set(const Preferences& preferences);
    /// Puts `path` first among the recent datasets.
    void remember_dataset(const QString& path);
    /// Removes it from the recent datasets.
    void forget_dataset(const QString& path);
    void set_smooth_pictures(bool smooth);

    /// The chosen folder for runs, or default_runs_folder().
    std::filesystem::path runs_folder() const;
    /// The chosen folder for exports, or default_pictures_folder().
    QString export_folder() const;
    /// The number of threads that a run with `wished` threads uses; 0 is the default.
    int threads(int wished) const;

  Q_SIGNALS:
    void changed();

  private:
    Preferences preferences_;
};

}  // namespace denoise::ui
