#pragma once

#include <string>

#include "engine/runs/queue_file.h"

namespace denoise::cli {

/// The queue that this program shares with the window. Warns if its file was damaged.
QueueFile open_queue();

/// "2000 steps", "10 min"
std::string budget_text(const TrainingConfig& training);

/// "4 runs, about 6:20:00, until 06:40 if it starts now"
std::string forecast_text(const RunQueue& queue);

}  // namespace denoise::cli
