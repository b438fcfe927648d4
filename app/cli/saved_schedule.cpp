#include "app/cli/saved_schedule.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/runs/saved_schedules.h"
#include "engine/schedule/noise_schedule.h"

namespace denoise::cli {
namespace {

constexpr const char* key = "schedule=";

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

Error unknown_schedule(const std::string& name) {
    std::vector<std::string> kinds, saved;
    for (const auto& each : names_of<ScheduleKind>) kinds.emplace_back(each.name);
    for (const SavedSchedule& each : read_saved_schedules(saved_schedules_file())) saved.push_back(each.name);
    return {"There is no noise schedule \"" + name + "\"",
            saved.empty() ? "no schedule has been saved on the Noise page of the window"
                          : "the schedules saved on the Noise page of the window are " + joined(saved),
            "Choose one of " + joined(kinds) + (saved.empty() ? "" : ", or a saved schedule"), "schedule"};
}

}  // namespace

std::optional<std::string> saved_schedule_points(const std::string& name) {
    const std::vector<SavedSchedule> saved = read_saved_schedules(saved_schedules_file());
    const auto found = std::ranges::find(saved, name, &SavedSchedule::name);
    return found == saved.end() ? std::nullopt : std::optional(found->points);
}

std::vector<std::string> with_saved_schedules(const std::vector<std::string>& values) {
    std::vector<std::string> replaced;
    for (const std::string& value : values) {
        const std::string name = value.starts_with(key) ? value.substr(std::string(key).size()) : "";
        const bool is_kind =
            std::ranges::any_of(names_of<ScheduleKind>, [&](const auto& each) { return each.name == name; });
        if (name.empty() || is_kind) {
            replaced.push_back(value);
            continue;
        }
        const std::optional<std::string> points = saved_schedule_points(name);
        if (!points) throw unknown_schedule(name);
        replaced.push_back(key + std::string(name_of(ScheduleKind::drawn)));
        replaced.push_back("schedule_points=" + *points);
    }
    return replaced;
}

}  // namespace denoise::cli
