#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/work.h"
#include "engine/data/dataset.h"
#include "engine/model/timing_cache.h"
#include "engine/runs/run_config.h"

namespace denoise {

/// Whether a run trains long enough to spend a few seconds on choosing its execution.
bool worth_calibrating(const TrainingConfig& training);

/// Times real training steps of the run's network with each execution that the settings allow: both
/// precisions, both layouts, and on the processor different numbers of threads and the batch divided among
/// them. Returns them in the order of race_threads(). The images are noise of the dataset's size, and as many
/// as in a part of the batch, or fewer if a step would take more than half a second. Takes about eight
/// seconds at most; executions for which there was no time have a speed of 0.
Work<Timings> time_executions(RunConfig config, std::shared_ptr<const Dataset> dataset);

/// The executions for a run on this machine, the best first, see race_threads(): from the cache, or measured
/// and added to it. If the settings leave no choice or the run is too short, only the default execution,
/// without a speed. `threads` > 0 is the number of threads for settings without one. Throws Error if the
/// device of the settings is not there.
Work<Timings> calibrate(RunConfig config, std::shared_ptr<const Dataset> dataset, int threads);

/// The speed of training that is known without measuring, for images [channels,height,width]. Throws Error
/// like calibrate().
struct KnownSpeed {
    double images_per_second = 0;  ///< 0: unknown
    bool measured = false;  ///< with these settings; otherwise computed from that of the most similar network
};
KnownSpeed known_speed(const RunConfig& config, int channels, int height, int width, int threads);

}  // namespace denoise
