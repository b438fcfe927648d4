#pragma once

#include "engine/jobs/events.h"
#include "engine/jobs/requests.h"

namespace denoise {

/// What can be known about a training before it starts. Only reads the measurements of earlier runs, so it is
/// fast. Throws Error if the settings are not compatible with each other or with the images.
TrainingForecast forecast(JobId id, const ForecastTraining& request, int threads);

}  // namespace denoise
