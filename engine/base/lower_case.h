#pragma once

#include <string>
#include <string_view>

namespace denoise {

/// `text` with the letters A to Z in lower case, in every locale. Other bytes, such as those of UTF-8, are
/// kept.
std::string lower_case(std::string_view text);

}  // namespace denoise
