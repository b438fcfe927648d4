#include "ui/paths/download_preferences.h"

#include "engine/data/known_sets.h"

namespace denoise::ui {

std::filesystem::path datasets_folder(const DownloadPreferences& preferences) {
    if (!preferences.folder.isEmpty()) return preferences.folder.toStdString();
    try {
        return default_datasets_folder();
    } catch (const Error&) {
        return {};
    }
}

net::DownloadOptions download_options(const DownloadPreferences& preferences) {
    net::DownloadOptions options;
    options.folder = preferences.folder.isEmpty() ? default_datasets_folder()
                                                  : std::filesystem::path(preferences.folder.toStdString());
    options.look_first = preferences.look_first.toStdString();
    options.mirrors = net::parse_mirrors(preferences.mirrors.toStdString());
    options.proxy = preferences.proxy.toStdString();
    net::parse_proxy(options.proxy);
    return options;
}

}  // namespace denoise::ui
