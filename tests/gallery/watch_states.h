#pragma once

#include "tests/gallery/camera.h"
#include "ui/window/main_window.h"

namespace denoise::gallery {

/// Pictures of the page Train while a copy of the open run is watched: in training, without a new step for
/// minutes, with its folder away, and after its end. Throws std::runtime_error if one cannot be reached.
void take_watch_states(ui::MainWindow& window, Camera& camera);

}  // namespace denoise::gallery
