#pragma once

#include <QString>

#include "tests/gallery/camera.h"
#include "ui/window/main_window.h"

namespace denoise::gallery {

/// Writes photographs of two classes into `folder`, wide ones, with duplicates, a class of three images and
/// a file that is no picture.
void write_photographs(const QString& folder);

/// Pictures of the preparation of such a set: Setup, the dialog before and after, and what is left out. The
/// set is the chosen one afterwards.
void take_preparation_states(ui::MainWindow& window, Camera& camera, const QString& folder);

}  // namespace denoise::gallery
