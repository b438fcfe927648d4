#pragma once

#include <optional>
#include <string>
#include <vector>

namespace denoise::cli {

/// The points of the schedule that was saved by this name on the Noise page; nothing if there is none. Throws
/// Error if the saved schedules cannot be read.
std::optional<std::string> saved_schedule_points(const std::string& name);

/// The values KEY=VALUE of --set, in which a schedule=NAME that names a saved schedule is replaced by the
/// settings of this schedule. The names of the kinds of schedules come first. Throws Error if it is neither.
std::vector<std::string> with_saved_schedules(const std::vector<std::string>& values);

}  // namespace denoise::cli
