#include "ui/window/preferences.h"

#include <QSettings>
#include <algorithm>

namespace denoise::ui {

Preferences load_preferences() {
    const QSettings settings;
    Preferences preferences;
    const QString appearance = settings.value("appearance").toString();
    if (appearance == "light") preferences.appearance = Appearance::light;
    if (appearance == "dark") preferences.appearance = Appearance::dark;
    preferences.smooth_pictures = settings.value("smooth_pictures").toBool();
    preferences.threads = std::clamp(settings.value("threads").toInt(), 0, 1024);
    const int megabytes = settings.value("trajectory_megabytes", preferences.trajectory_megabytes).toInt();
    preferences.trajectory_megabytes = std::clamp(megabytes, 16, 1 << 20);
    preferences.runs_folder = settings.value("runs_folder").toString();
    preferences.export_folder = settings.value("export_folder").toString();
    preferences.downloads = {settings.value("datasets_folder").toString(),
                             settings.value("datasets_look_first").toString(),
                             settings.value("mirrors").toString(), settings.value("proxy").toString()};
    const std::string level = settings.value("log_level").toString().toStdString();
    preferences.log_level = value_named<LogLevel>(level).value_or(LogLevel::info);
    preferences.recent_datasets = settings.value("recent_datasets").toStringList();
    preferences.is_acquainted = settings.value("is_acquainted").toBool();
    return preferences;
}

void save_preferences(const Preferences& preferences) {
    QSettings settings;
    settings.setValue("appearance", preferences.appearance == Appearance::light  ? "light"
                                    : preferences.appearance == Appearance::dark ? "dark"
                                                                                 : "system");
    settings.setValue("smooth_pictures", preferences.smooth_pictures);
    settings.setValue("threads", preferences.threads);
    settings.setValue("trajectory_megabytes", preferences.trajectory_megabytes);
    settings.setValue("runs_folder", preferences.runs_folder);
    settings.setValue("export_folder", preferences.export_folder);
    settings.setValue("datasets_folder", preferences.downloads.folder);
    settings.setValue("datasets_look_first", preferences.downloads.look_first);
    settings.setValue("mirrors", preferences.downloads.mirrors);
    settings.setValue("proxy", preferences.downloads.proxy);
    settings.setValue("log_level", name_of(preferences.log_level));
    settings.setValue("recent_datasets", preferences.recent_datasets);
    settings.setValue("is_acquainted", preferences.is_acquainted);
}

void remember_dataset(Preferences& preferences, const QString& path) {
    constexpr qsizetype most = 6;
    preferences.recent_datasets.removeAll(path);
    preferences.recent_datasets.prepend(path);
    preferences.recent_datasets = preferences.recent_datasets.mid(0, most);
}

void forget_dataset(Preferences& preferences, const QString& path) {
    preferences.recent_datasets.removeAll(path);
}

}  // namespace denoise::ui
