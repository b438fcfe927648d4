#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace denoise {

/// Parses JSON. Returns a discarded value if the text is not valid, or if its lists and objects are nested
/// more than 32 levels deep: nlohmann::json copies and writes values recursively, and would overflow the
/// stack.
template <class Json = nlohmann::json>
Json parse_shallow_json(std::string_view text) {
    constexpr int deepest = 32;
    struct TooDeep {};
    const auto watch = [](int depth, typename Json::parse_event_t, Json&) {
        if (depth > deepest) throw TooDeep{};
        return true;
    };
    try {
        return Json::parse(text, watch, false);
    } catch (const TooDeep&) {
        return Json(Json::value_t::discarded);
    }
}

}  // namespace denoise
