#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace denoise {

/// A noise schedule drawn by hand that was saved by name.
struct SavedSchedule {
    std::string name;
    std::string points;  ///< as ScheduleConfig::points

    bool operator==(const SavedSchedule&) const = default;
};

/// The file of the saved schedules in data_folder(): a JSON object of names and points.
std::filesystem::path saved_schedules_file();

/// The saved schedules in alphabetical order, without those whose points are not a curve. Empty if there is
/// no file. Throws Error if the file cannot be read.
std::vector<SavedSchedule> read_saved_schedules(const std::filesystem::path& file);

/// Adds the schedule, or replaces the one with the same name. Creates the folder of the file. Throws Error if
/// the name is empty or longer than 60 bytes, or if the points are not a curve.
void save_schedule(const std::filesystem::path& file, const SavedSchedule& schedule);

/// Does nothing if there is no schedule with this name.
void delete_saved_schedule(const std::filesystem::path& file, const std::string& name);

}  // namespace denoise
