#include "ui/window/preference_store.h"

#include "engine/base/processors.h"
#include "engine/runs/run_list.h"
#include "ui/paths/folders.h"

namespace denoise::ui {

void PreferenceStore::set(const Preferences& preferences) {
    preferences_ = preferences;
    save_preferences(preferences_);
    Q_EMIT changed();
}

void PreferenceStore::remember_dataset(const QString& path) {
    Preferences next = preferences_;
    ui::remember_dataset(next, path);
    set(next);
}

void PreferenceStore::forget_dataset(const QString& path) {
    Preferences next = preferences_;
    ui::forget_dataset(next, path);
    set(next);
}

void PreferenceStore::set_smooth_pictures(bool smooth) {
    Preferences next = preferences_;
    next.smooth_pictures = smooth;
    set(next);
}

std::filesystem::path PreferenceStore::runs_folder() const {
    const QString& chosen = preferences_.runs_folder;
    return chosen.isEmpty() ? default_runs_folder() : std::filesystem::path(chosen.toStdString());
}

QString PreferenceStore::export_folder() const {
    const QString& chosen = preferences_.export_folder;
    return chosen.isEmpty() ? default_pictures_folder() : chosen;
}

int PreferenceStore::threads(int wished) const {
    if (wished > 0) return wished;
    return preferences_.threads > 0 ? preferences_.threads : default_threads();
}

}  // namespace denoise::ui
