#pragma once

#include <filesystem>

#include "engine/runs/run_queue.h"

namespace denoise {

/// A new run with the settings of the run in `folder`, for the queue. Its name is that of the dataset. Throws
/// Error if the run cannot be read.
QueuedRun copy_of_run(const std::filesystem::path& folder);

/// The run in `folder` itself, to be trained further. `steps` or `minutes` > 0 are its total budget;
/// otherwise it keeps its own, or gets twice as much if this is used up. Throws Error like copy_of_run().
QueuedRun continuation_of_run(const std::filesystem::path& folder, std::int64_t steps = 0,
                              double minutes = 0);

}  // namespace denoise
