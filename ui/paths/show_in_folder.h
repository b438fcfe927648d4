#pragma once

#include <QString>

namespace denoise::ui {

/// Opens the file manager of the desktop with the file or folder at `path` selected, or at least the folder
/// that it is in. Does not block.
void show_in_folder(const QString& path);

}  // namespace denoise::ui
