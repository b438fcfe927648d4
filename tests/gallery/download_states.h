#pragma once

#include "tests/gallery/camera.h"
#include "ui/window/main_window.h"

namespace denoise::gallery {

/// Pictures of Setup while a dataset is downloaded, after a failure and after a cancelled download, from a
/// server in this process, and of a folder that is dragged over the window.
void take_download_states(ui::MainWindow& window, Camera& camera);

}  // namespace denoise::gallery
