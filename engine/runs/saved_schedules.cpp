#include "engine/runs/saved_schedules.h"

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/base/error.h"
#include "engine/base/user_folders.h"
#include "engine/formats/shallow_json.h"
#include "engine/schedule/drawn_curve.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t size_limit = 1u << 20;
constexpr std::size_t longest_name = 60;

json read_object(const fs::path& file) {
    std::error_code code;
    if (!fs::exists(fs::symlink_status(file, code))) return json::object();
    json object = parse_shallow_json(read_text_file(file, size_limit));
    if (!object.is_object())
        throw Error{"Cannot read the saved schedules", file.string() + ": it is damaged (not a JSON object)",
                    "Move the file away to save new schedules"};
    return object;
}

void write_object(const fs::path& file, const json& object) {
    write_text_file(file, object.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

bool is_curve(const std::string& points) {
    try {
        parse_points(points);
        return true;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

fs::path saved_schedules_file() {
    return data_folder() / "schedules.json";
}

std::vector<SavedSchedule> read_saved_schedules(const fs::path& file) {
    std::vector<SavedSchedule> schedules;
    const json object = read_object(file);
    for (const auto& [name, points] : object.items())  // sorted by name
        if (points.is_string() && is_curve(points.get<std::string>()))
            schedules.push_back({name, points.get<std::string>()});
    return schedules;
}

void save_schedule(const fs::path& file, const SavedSchedule& schedule) {
    if (schedule.name.empty() || schedule.name.size() > longest_name)
        throw Error{"Cannot save the schedule",
                    schedule.name.empty() ? "it has no name" : "its name is too long",
                    "Choose a name of 1 to 60 characters"};
    parse_points(schedule.points);
    json object = read_object(file);
    object[schedule.name] = schedule.points;
    std::error_code code;
    fs::create_directories(file.parent_path(), code);
    if (code)
        throw Error{"Cannot save the schedule", file.parent_path().string() + ": " + code.message(),
                    "Check the permissions of this folder"};
    write_object(file, object);
}

void delete_saved_schedule(const fs::path& file, const std::string& name) {
    json object = read_object(file);
    if (object.erase(name) > 0) write_object(file, object);
}

}  // namespace denoise
