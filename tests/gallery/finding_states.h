#pragma once

#include "tests/gallery/camera.h"
#include "ui/window/main_window.h"

namespace denoise::gallery {

/// Pictures of the Train page with findings about a run that is paused: one that can be applied at once, and
/// several, of which the first needs a new run.
void take_finding_states(ui::MainWindow& window, Camera& camera);

/// Pictures of the offer to show a crash note, and of the note.
void take_crash_note_states(ui::MainWindow& window, Camera& camera);

}  // namespace denoise::gallery
