#pragma once

#include <QString>
#include <filesystem>

namespace denoise::ui {

/// The default folder for opening and saving pictures: the desktop's pictures folder, or the home folder if
/// there is none.
QString default_pictures_folder();

/// The file of the example that comes with the program; empty: it was not installed.
std::filesystem::path example_model();

}  // namespace denoise::ui
