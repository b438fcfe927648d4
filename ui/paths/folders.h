#pragma once

#include <QString>

namespace denoise::ui {

/// The default folder for opening and saving pictures: the desktop's pictures folder, or the home folder if
/// there is none.
QString default_pictures_folder();

}  // namespace denoise::ui
