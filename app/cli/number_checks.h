#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

namespace denoise::cli {

// Checks of numbers on the command line, with messages for people. Those of CLI11 name bounds of 300 digits,
// accept NaN, and replace whole numbers that are too large by the largest.

/// Accepts a text that is a Number which `accepts` accepts. `wanted` describes these numbers for messages,
/// such as "a number greater than 0", and `range` for the help.
template <class Number, class Accepts>
CLI::Validator number_check(const std::string& wanted, Accepts accepts, const std::string& range = {}) {
    const auto problem = [=](const std::string& text) -> std::string {
        Number value{};
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool whole_text = !text.empty() && end == text.data() + text.size();
        if (whole_text && error == std::errc::result_out_of_range)
            return "\"" + text + "\" is out of range: it must be " + wanted;
        bool valid = whole_text && error == std::errc();
        if constexpr (std::is_floating_point_v<Number>) valid = valid && std::isfinite(value);
        return valid && accepts(value) ? "" : "\"" + text + "\" is not " + wanted;
    };
    return {problem, range};
}

/// "a whole number" or "a number"
template <class Number>
std::string kind_of_number() {
    return std::is_integral_v<Number> ? "a whole number" : "a number";
}

/// Numbers from `least` to `most`, inclusive.
template <class Number>
CLI::Validator in_range(Number least, Number most) {
    const std::string range = CLI::detail::to_string(least) + " to " + CLI::detail::to_string(most);
    return number_check<Number>(
        kind_of_number<Number>() + " from " + range,
        [=](Number value) { return value >= least && value <= most; }, range);
}

template <class Number>
CLI::Validator positive() {
    return number_check<Number>(kind_of_number<Number>() + " greater than 0",
                                [](Number value) { return value > 0; });
}

template <class Number>
CLI::Validator not_negative() {
    return number_check<Number>(kind_of_number<Number>() + " of at least 0",
                                [](Number value) { return value >= 0; });
}

/// Any whole number of 64 bits.
inline CLI::Validator whole_number() {
    return number_check<std::int64_t>("a whole number of at most 64 bits", [](std::int64_t) { return true; });
}

}  // namespace denoise::cli
