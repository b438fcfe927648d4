#include "engine/base/setting.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

namespace denoise {
namespace {

std::string shortest(double value) {
    char buffer[64];
    // 0.0005 is easier to read than 5e-04, although it is longer.
    const double size = std::abs(value);
    const bool plain = size == 0 || (size >= 1e-6 && size < 1e15);
    const auto [end, code] = std::to_chars(buffer, buffer + sizeof buffer, value,
                                           plain ? std::chars_format::fixed : std::chars_format::general);
    return {buffer, end};
}

template <class Number>
bool parse_number(std::string_view text, Number& number) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    return code == std::errc() && end == text.data() + text.size() && !text.empty();
}

[[noreturn]] void refuse(const SettingInfo& info, const std::string& value) {
    const bool number = info.kind == SettingKind::integer || info.kind == SettingKind::real;
    throw Error{"\"" + value + "\" is not a valid value for " + info.key,
                info.key + " takes " + describe_range(info),
                number ? "Choose a value in this range" : "Choose a valid value", info.key};
}

std::string joined(const std::vector<Choice>& choices) {
    std::string text;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        if (i > 0) text += i + 1 == choices.size() ? " or " : ", ";
        text += choices[i].value;
    }
    return text;
}

}  // namespace

std::string describe_range(const SettingInfo& info) {
    switch (info.kind) {
        case SettingKind::boolean:
            return "yes or no";
        case SettingKind::choice:
            return joined(info.choices);
        case SettingKind::text:
            return "any text";
        case SettingKind::integers:
            return "whole numbers from " + shortest(info.minimum) + " to " + shortest(info.maximum) +
                   ", separated by commas";
        case SettingKind::integer:
            return "a whole number from " + shortest(info.minimum) + " to " + shortest(info.maximum);
        case SettingKind::real:
            return "a number from " + shortest(info.minimum) + " to " + shortest(info.maximum);
    }
    return {};
}

void check_setting(const SettingInfo& info, const SettingValue& value) {
    const auto in_range = [&](double number) {
        return std::isfinite(number) && number >= info.minimum && number <= info.maximum;
    };
    bool good = false;
    switch (info.kind) {
        case SettingKind::boolean:
            good = std::holds_alternative<bool>(value);
            break;
        case SettingKind::text:
            good = std::holds_alternative<std::string>(value);
            break;
        case SettingKind::integer:
            good = std::holds_alternative<std::int64_t>(value) &&
                   in_range(static_cast<double>(std::get<std::int64_t>(value)));
            break;
        case SettingKind::real:
            good = std::holds_alternative<double>(value) && in_range(std::get<double>(value));
            break;
        case SettingKind::choice:
            good = std::holds_alternative<std::string>(value) &&
                   std::ranges::any_of(info.choices, [&](const Choice& choice) {
                       return choice.value == std::get<std::string>(value);
                   });
            break;
        case SettingKind::integers:
            good = std::holds_alternative<std::vector<std::int64_t>>(value) &&
                   std::ranges::all_of(std::get<std::vector<std::int64_t>>(value), [&](std::int64_t number) {
                       return in_range(static_cast<double>(number));
                   });
            break;
    }
    if (!good) refuse(info, format_setting(value));
}

SettingValue parse_setting(const SettingInfo& info, std::string_view text) {
    SettingValue value;
    switch (info.kind) {
        case SettingKind::boolean:
            if (text == "yes" || text == "true" || text == "on" || text == "1") return true;
            if (text == "no" || text == "false" || text == "off" || text == "0") return false;
            refuse(info, std::string(text));
        case SettingKind::integer: {
            std::int64_t number = 0;
            if (!parse_number(text, number)) refuse(info, std::string(text));
            value = number;
            break;
        }
        case SettingKind::real: {
            double number = 0;
            if (!parse_number(text, number)) refuse(info, std::string(text));
            value = number;
            break;
        }
        case SettingKind::choice:
        case SettingKind::text:
            value = std::string(text);
            break;
        case SettingKind::integers: {
            std::vector<std::int64_t> numbers;
            while (!text.empty()) {
                const std::size_t comma = std::min(text.find(','), text.size());
                std::int64_t number = 0;
                if (!parse_number(text.substr(0, comma), number)) refuse(info, std::string(text));
                numbers.push_back(number);
                text.remove_prefix(std::min(comma + 1, text.size()));
            }
            value = numbers;
            break;
        }
    }
    check_setting(info, value);
    return value;
}

std::string format_setting(const SettingValue& value) {
    struct Formatter {
        std::string operator()(bool flag) const { return flag ? "yes" : "no"; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(double number) const { return shortest(number); }
        std::string operator()(const std::string& text) const { return text; }
        std::string operator()(const std::vector<std::int64_t>& numbers) const {
            std::string text;
            for (const std::int64_t number : numbers)
                text += (text.empty() ? "" : ",") + std::to_string(number);
            return text;
        }
    };
    return std::visit(Formatter{}, value);
}

std::string nearest_key(std::string_view key, const std::vector<std::string>& keys) {
    std::string nearest;
    std::size_t best = key.size() / 2 + 2;  // a larger distance means another word, not a typing error
    for (const std::string& candidate : keys) {
        if (key.size() >= 3 && candidate.starts_with(key)) return candidate;
        std::vector<std::size_t> row(candidate.size() + 1);
        std::iota(row.begin(), row.end(), std::size_t{0});
        for (std::size_t i = 1; i <= key.size(); ++i) {  // Levenshtein distance, one row at a time
            std::size_t diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j <= candidate.size(); ++j) {
                const std::size_t substitution = diagonal + (key[i - 1] == candidate[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
            }
        }
        if (row.back() < best) {
            best = row.back();
            nearest = candidate;
        }
    }
    return nearest;
}

}  // namespace denoise
