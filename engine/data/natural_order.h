#pragma once

#include <string_view>

namespace denoise {

/// Orders names as people do: "2.png" before "10.png", "a" beside "A", a folder's files before its
/// neighbour's. A strict weak order in which different names are never equal.
bool natural_less(std::string_view a, std::string_view b);

}  // namespace denoise
