#pragma once

#include <array>
#include <string>

#include "engine/base/enum_names.h"
#include "engine/diffusers/json_options.h"

namespace denoise {

/// The release of diffusers whose format is written. It is stored in the files.
inline constexpr const char* diffusers_version = "0.42.1";
/// Set in the config.json of a network whose last class stands for "no label". diffusers ignores keys that
/// begin with "_".
inline constexpr const char* unlabelled_key = "_denoise_lab_unlabelled_class";

/// The first name of `value` in a table of the names that diffusers uses, or an empty string.
template <class Enum, std::size_t N>
std::string diffusers_name(Enum value, const std::array<NamedValue<Enum>, N>& names) {
    for (const NamedValue<Enum>& entry : names)
        if (entry.value == value) return entry.name;
    return {};
}

/// Reads an option whose values are the names in a table. Throws Error if it has another value.
template <class Enum, std::size_t N>
Enum read_name(const JsonOptions& options, const std::string& key, const std::string& missing,
               const std::array<NamedValue<Enum>, N>& names) {
    const std::string found = options.text(key, missing);
    std::string known;
    for (const NamedValue<Enum>& entry : names) {
        if (found == entry.name) return entry.value;
        known += (known.empty() ? "" : ", ") + std::string(entry.name);
    }
    options.refuse_value(key, "is not one of " + known);
}

/// Reads an option that has the same names in diffusers and here.
template <NamedEnum Enum>
Enum read_name(const JsonOptions& options, const std::string& key, const std::string& missing) {
    return read_name(options, key, missing, names_of<Enum>);
}

}  // namespace denoise
