#include "engine/runs/run_changes.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "engine/base/atomic_file.h"
#include "engine/runs/run_folder.h"

namespace denoise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string text_of(const json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

RunConfig with_live_settings(RunConfig config, const RunConfig& wanted) {
    for (const Setting<RunConfig>& setting : run_settings())
        if (setting.info.live) setting.set(config, setting.get(wanted));
    return config;
}

bool same_fixed_settings(const RunConfig& a, const RunConfig& b) {
    const auto comparable = [](RunConfig config) {
        config.training.threads = 0;
        return with_live_settings(with_classes(std::move(config), 0), {});
    };
    return comparable(a) == comparable(b);
}

std::vector<SettingChange> changes_between(const RunConfig& before, const RunConfig& after,
                                           std::int64_t step) {
    std::vector<SettingChange> changes;
    for (const Setting<RunConfig>& setting : run_settings())
        if (const SettingValue old = setting.get(before), now = setting.get(after); old != now)
            changes.push_back({step, setting.info.key, format_setting(old), format_setting(now)});
    return changes;
}

void append_changes(const fs::path& run_folder, const std::vector<SettingChange>& changes) {
    if (changes.empty()) return;
    const fs::path path = run_folder / run_file::changes;
    std::error_code code;
    std::string text = fs::exists(path, code) ? read_text_file(path) : std::string();
    if (!text.empty() && text.back() != '\n') text += '\n';
    for (const SettingChange& change : changes)
        text += json{{"step", change.step},
                     {"key", change.key},
                     {"before", change.before},
                     {"after", change.after}}
                    .dump() +
                "\n";
    write_text_file(path, text);
}

std::vector<SettingChange> read_changes(const fs::path& run_folder) {
    const fs::path path = run_folder / run_file::changes;
    std::error_code code;
    if (!fs::exists(path, code)) return {};
    std::vector<SettingChange> changes;
    std::istringstream lines(read_text_file(path));
    for (std::string line; std::getline(lines, line);) {
        const json object = json::parse(line, nullptr, false);
        if (!object.is_object() || !object.contains("step") || !object["step"].is_number_integer()) continue;
        SettingChange change{object["step"].get<std::int64_t>(), text_of(object, "key"),
                             text_of(object, "before"), text_of(object, "after")};
        if (!change.key.empty()) changes.push_back(std::move(change));
    }
    return changes;
}

std::string describe(const SettingChange& change) {
    for (const Setting<RunConfig>& setting : run_settings())
        if (setting.info.key == change.key)
            return setting.info.title + ": " + change.before + " → " + change.after;
    return change.key + ": " + change.before + " → " + change.after;
}

}  // namespace denoise
