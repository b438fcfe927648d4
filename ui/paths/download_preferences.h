#pragma once

#include <QString>

#include "net/download_options.h"

namespace denoise::ui {

/// The preferences for downloads of datasets, as they were typed.
struct DownloadPreferences {
    QString folder;      ///< where they go; empty: default_datasets_folder()
    QString look_first;  ///< a folder whose copies are used without the network; empty: none
    QString mirrors;     ///< net::parse_mirrors()
    QString proxy;       ///< net::parse_proxy()

    bool operator==(const DownloadPreferences&) const = default;
};

/// Throws Error if the mirrors or the proxy cannot be read.
net::DownloadOptions download_options(const DownloadPreferences& preferences);

/// The chosen folder, or default_datasets_folder(); empty if the user has no home folder.
std::filesystem::path datasets_folder(const DownloadPreferences& preferences);

}  // namespace denoise::ui
