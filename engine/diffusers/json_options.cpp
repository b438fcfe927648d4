#include "engine/diffusers/json_options.h"

#include <algorithm>
#include <cmath>

namespace denoise {

using nlohmann::json;

namespace {

constexpr int deepest = 8;                   // limits the memory that the parser needs
constexpr std::size_t longest_list = 20000;  // more than the betas of the longest schedule

}  // namespace

std::string shown(const json& value) {
    std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
    if (text.size() > 80) text = text.substr(0, 77) + "...";
    return text;
}

JsonOptions::JsonOptions(std::string_view text, std::string source, std::string what)
    : source_(std::move(source)), what_(std::move(what)) {
    const auto watch = [this](int depth, json::parse_event_t, json&) {
        if (depth > deepest) refuse("it is nested too deeply", "Choose another file");
        return true;
    };
    try {
        object_ = json::parse(text, watch);
    } catch (const json::exception&) {
        refuse("it is not valid JSON", "Choose another file, or copy it again");
    }
    if (!object_.is_object()) refuse("it is not a JSON object", "Choose another file, or copy it again");
    // The options in this list were not set explicitly, so they have the default values.
    const json defaults = object_.value("_use_default_values", json::array());
    if (defaults.is_array())
        for (const json& key : defaults)
            if (key.is_string()) object_.erase(key.get<std::string>());
}

void JsonOptions::refuse(const std::string& why, const std::string& remedy) const {
    throw Error{what_, source_ + ": " + why, remedy};
}

void JsonOptions::refuse_value(const std::string& key, const std::string& why) const {
    refuse(key + " = " + shown(value(key)) + " " + why);
}

const json& JsonOptions::value(const std::string& key) const {
    static const json null;
    read_.push_back(key);
    const auto found = object_.find(key);
    return found == object_.end() ? null : *found;
}

bool JsonOptions::has(const std::string& key) const {
    return !value(key).is_null();
}

bool JsonOptions::has_null(const std::string& key) const {
    return object_.contains(key) && value(key).is_null();
}

bool JsonOptions::boolean(const std::string& key, bool missing) const {
    const json& found = value(key);
    if (found.is_null()) return missing;
    if (!found.is_boolean()) refuse_value(key, "is not true or false");
    return found.get<bool>();
}

std::int64_t JsonOptions::integer(const std::string& key, std::int64_t missing, std::int64_t minimum,
                                  std::int64_t maximum) const {
    const json& found = value(key);
    if (found.is_null()) return missing;
    const double number = found.is_number() ? found.get<double>() : std::nan("");
    if (!(number >= static_cast<double>(minimum) && number <= static_cast<double>(maximum)) ||
        number != std::floor(number))
        refuse_value(
            key, "is not a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum));
    return static_cast<std::int64_t>(number);
}

double JsonOptions::real(const std::string& key, double missing, double minimum, double maximum) const {
    const json& found = value(key);
    if (found.is_null()) return missing;
    const double number = found.is_number() ? found.get<double>() : std::nan("");
    if (!(number >= minimum && number <= maximum)) refuse_value(key, "is not a number in the valid range");
    return number;
}

std::string JsonOptions::text(const std::string& key, const std::string& missing) const {
    const json& found = value(key);
    if (found.is_null()) return missing;
    if (!found.is_string()) refuse_value(key, "is not a string");
    return found.get<std::string>();
}

std::vector<std::int64_t> JsonOptions::integers(const std::string& key, std::vector<std::int64_t> missing,
                                                std::int64_t minimum, std::int64_t maximum) const {
    const json& found = value(key);
    if (found.is_null()) return missing;
    if (!found.is_array() || found.size() > longest_list) refuse_value(key, "is not a list of whole numbers");
    std::vector<std::int64_t> numbers;
    for (const json& entry : found) {
        if (!entry.is_number_integer() || entry.get<double>() < static_cast<double>(minimum) ||
            entry.get<double>() > static_cast<double>(maximum))
            refuse_value(key, "is not a list of whole numbers from " + std::to_string(minimum) + " to " +
                                  std::to_string(maximum));
        numbers.push_back(entry.get<std::int64_t>());
    }
    return numbers;
}

std::vector<std::string> JsonOptions::texts(const std::string& key, std::vector<std::string> missing) const {
    const json& found = value(key);
    if (found.is_null()) return missing;
    if (!found.is_array()) refuse_value(key, "is not a list of names");
    std::vector<std::string> names;
    for (const json& entry : found) {
        if (!entry.is_string()) refuse_value(key, "is not a list of names");
        names.push_back(entry.get<std::string>());
    }
    return names;
}

std::vector<double> JsonOptions::reals(const std::string& key) const {
    const json& found = value(key);
    if (!found.is_array() || found.size() > longest_list) refuse_value(key, "is not a list of numbers");
    std::vector<double> numbers;
    for (const json& entry : found) {
        if (!entry.is_number()) refuse_value(key, "is not a list of numbers");
        numbers.push_back(entry.get<double>());
    }
    return numbers;
}

std::vector<std::string> JsonOptions::unread() const {
    std::vector<std::string> keys;
    for (const auto& [key, found] : object_.items())
        if (!key.starts_with("_") && std::ranges::find(read_, key) == read_.end()) keys.push_back(key);
    return keys;
}

}  // namespace denoise
