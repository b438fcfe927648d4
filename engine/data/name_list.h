#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace denoise {

/// The names in a text such as `cat, dog, "black, and white"`. A name with a comma, a quotation mark, or a
/// space at its start or end is in quotation marks, in which \" and \\ stand for these characters and \xFF
/// for a byte. Throws Error, with `setting` as its setting, if a quotation mark is not closed or if something
/// follows it.
std::vector<std::string> parse_name_list(std::string_view text, const std::string& setting);

/// The inverse of parse_name_list(), in printable UTF-8 whatever the names are.
std::string format_name_list(const std::vector<std::string>& names);

}  // namespace denoise
