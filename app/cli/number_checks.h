#pragma once

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <string>

namespace denoise::cli {

/// Accepts numbers above 0. CLI::PositiveNumber names its largest number in the message, which has 300
/// digits.
inline CLI::Validator positive() {
    return CLI::Validator(
        [](const std::string& text) {
            double value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            const bool valid =
                error == std::errc() && end == text.data() + text.size() && value > 0 && std::isfinite(value);
            return valid ? std::string() : "\"" + text + "\" is not a number greater than 0";
        },
        "POSITIVE");
}

/// Accepts whole numbers of 64 bits. Without this check, CLI11 replaces larger ones by the largest.
inline CLI::Validator whole_number() {
    return CLI::Validator(
        [](const std::string& text) {
            std::int64_t value = 0;
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
            const bool valid = error == std::errc() && end == text.data() + text.size();
            return valid ? std::string() : "\"" + text + "\" is not a whole number of at most 64 bits";
        },
        "");
}

}  // namespace denoise::cli
