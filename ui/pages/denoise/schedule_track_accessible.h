#pragma once

namespace denoise::ui {

/// Makes each ScheduleTrack a slider with a value for assistive technology. Further calls have no effect.
void install_track_accessibility();

}  // namespace denoise::ui
