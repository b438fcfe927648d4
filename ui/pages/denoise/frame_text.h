#pragma once

#include <QString>

#include "ui/picture/trajectory.h"

namespace denoise::ui {

/// "t = 480 of 999 · step 27 of 50", in digits of equal width.
QString place_text(const Trajectory& trajectory, const TrajectoryFrame& frame);
/// The longest place_text() of the trajectory.
QString widest_place(const Trajectory& trajectory);

/// alpha_bar, SNR and the norms of a frame, of image `only` or of all images together (-1).
QString numbers_text(const TrajectoryFrame& frame, int only);
/// The longest numbers_text().
QString widest_numbers();

/// The timestep in the `place`-th picture of the film strip, which may not have been sampled yet: "t = 480".
QString strip_text(const Trajectory& trajectory, int place);

}  // namespace denoise::ui
