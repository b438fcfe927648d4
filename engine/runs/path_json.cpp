#include "engine/runs/path_json.h"

#include <nlohmann/json.hpp>

#include "engine/base/escaped_text.h"

namespace denoise {

using nlohmann::json;

void put_path(json& object, const std::string& key, const std::string& path) {
    object.erase(key + "_escaped");
    object[key] = path;
    if (is_utf8(path)) return;
    object[key] = json::parse(json(path).dump(-1, ' ', false, json::error_handler_t::replace));
    object[key + "_escaped"] = percent_escaped(path);
}

std::string path_in(const json& object, const std::string& key) {
    if (const auto escaped = object.find(key + "_escaped"); escaped != object.end())
        return percent_unescaped(escaped->get<std::string>());
    return object.at(key).get<std::string>();
}

}  // namespace denoise
