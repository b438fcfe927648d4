#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace denoise::cli {

/// An option or argument for the path of a file or folder. An empty one, often an unset variable of a script,
/// is refused.
template <class Paths>
CLI::Option* add_path(CLI::App& command, const std::string& option, Paths& value, const std::string& help) {
    const auto problem = [](const std::string& text) {
        return text.empty() ? std::string("the path is empty") : std::string();
    };
    return command.add_option(option, value, help)->type_name("PATH")->check(CLI::Validator(problem, ""));
}

}  // namespace denoise::cli
