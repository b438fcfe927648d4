#include "app/cli/help_formatter.h"

#include <algorithm>
#include <set>
#include <sstream>

namespace denoise::cli {
namespace {

constexpr std::size_t left_width = 34, line_width = 100;

/// Sorted, because the set is in the order of addresses.
std::string names_of_options(const std::set<CLI::Option*>& options) {
    std::set<std::string> sorted;
    for (const CLI::Option* option : options) sorted.insert(option->get_name());
    std::string names;
    for (const std::string& name : sorted) names += (names.empty() ? "" : ", ") + name;
    return names;
}

/// `line` in lines of at most `width` characters, which keep its indentation.
std::string broken(const std::string& line, std::size_t width) {
    const std::string indent(std::min(line.find_first_not_of(' '), line.size()), ' ');
    std::istringstream words(line);
    std::string result, current;
    for (std::string word; words >> word;) {
        if (!current.empty() && current.size() + 1 + word.size() > width) {
            result += current + "\n";
            current.clear();
        }
        if (current.empty())
            current = (result.empty() ? indent : indent + (indent.empty() ? "" : "  ")) + word;
        else
            current += " " + word;
    }
    return result + current;
}

}  // namespace

HelpFormatter::HelpFormatter() {
    column_width(left_width);
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
    if (option->get_type_size() == 0) return {};
    // CLI11 writes the type and the checks as "N:1 to 32".
    const std::string type = option->get_type_name();
    const std::size_t colon = type.find(':');
    std::string text = " " + type.substr(0, colon), notes;
    if (option->get_expected_max() == CLI::detail::expected_max_vector_size) text += " ...";
    const auto add = [&notes](const std::string& note) { notes += (notes.empty() ? "" : ", ") + note; };
    if (option->get_required()) add("required");
    if (colon != std::string::npos) add(type.substr(colon + 1));
    if (!option->get_default_str().empty()) add("default " + option->get_default_str());
    return text + (notes.empty() ? "" : " (" + notes + ")");
}

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
    std::string text = option->get_description();
    const std::string excludes = names_of_options(option->get_excludes());
    const std::string needs = names_of_options(option->get_needs());
    if (!excludes.empty()) text += "; not with " + excludes;
    if (!needs.empty()) text += "; only with " + needs;
    std::istringstream lines(text);
    std::string result;
    for (std::string line; std::getline(lines, line);)
        result += (result.empty() ? "" : "\n") + broken(line, line_width - left_width);
    return result;
}

}  // namespace denoise::cli
