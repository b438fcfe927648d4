#pragma once

#include <string>
#include <string_view>

namespace denoise {

/// Whether `text` is valid UTF-8 without characters of more than four bytes.
bool is_utf8(std::string_view text);

/// `text` in printable ASCII: '%' and all other bytes as %XX.
std::string percent_escaped(std::string_view text);

/// The inverse of percent_escaped(). A '%' that is not followed by two hexadecimal digits stays.
std::string percent_unescaped(std::string_view text);

}  // namespace denoise
