#pragma once

namespace denoise::ui {

/// Tells assistive technology that a ScheduleTrack is a slider with a value. Calling it again does nothing.
void install_track_accessibility();

}  // namespace denoise::ui
