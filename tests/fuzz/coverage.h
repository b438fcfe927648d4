#pragma once

#include <cstdint>
#include <span>

namespace denoise::fuzz {

/// How often the traced code went from one place to another since reset_coverage(), by a hash of both. All
/// zero where the code was not compiled to be traced (-fsanitize-coverage=trace-pc).
std::span<const std::uint8_t> coverage();
void reset_coverage();

}  // namespace denoise::fuzz
