#pragma once

#include <cstdint>
#include <span>

namespace denoise::fuzz {

/// The number of transitions between basic blocks since reset_coverage(), by a hash of both blocks. All zero
/// if the code was compiled without tracing (-fsanitize-coverage=trace-pc).
std::span<const std::uint8_t> coverage();
void reset_coverage();

}  // namespace denoise::fuzz
