#pragma once

#include <cstdint>
#include <string>

namespace denoise {

/// A number of at least 0 with its digits in groups: "12,345".
std::string grouped(std::int64_t number);

}  // namespace denoise
