#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "engine/base/enum_names.h"

namespace denoise::cli {

/// "name: help" on a line of its own.
inline std::string help_line(const std::string& name, const std::string& help) {
    return "\n  " + name + (help.empty() ? "" : ": " + help);
}

/// Accepts the given names only. The help does not repeat them.
inline CLI::Validator one_of(const std::vector<std::string>& names) {
    return CLI::IsMember(names).description("");
}

/// Adds an option for one of the names of `Enum`. The help lists all of them.
template <NamedEnum Enum>
CLI::Option* add_choice(CLI::App& command, const std::string& option, Enum& value, std::string help) {
    std::vector<std::string> names;
    for (const NamedValue<Enum>& entry : names_of<Enum>) {
        names.emplace_back(entry.name);
        help += help_line(entry.name, entry.help);
    }
    const auto assign = [&value](const std::string& name) {
        value = value_named<Enum>(name).value_or(value);
    };
    return command.add_option_function<std::string>(option, assign, help)
        ->type_name("NAME")
        ->check(one_of(names))
        ->default_str(name_of(value));
}

}  // namespace denoise::cli
