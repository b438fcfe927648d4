#include "tests/fuzz/coverage.h"

#include <cstring>

namespace denoise::fuzz {
namespace {

constexpr std::size_t places = 1u << 14;
std::uint8_t counts[places];
std::size_t last_place = 0;

}  // namespace

std::span<const std::uint8_t> coverage() {
    return counts;
}

void reset_coverage() {
    std::memset(counts, 0, sizeof counts);
    last_place = 0;
}

}  // namespace denoise::fuzz

/// Called by code compiled with tracing at the start of every basic block.
extern "C" void __sanitizer_cov_trace_pc() {
    using namespace denoise::fuzz;
    const auto address = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
    const std::size_t place = (address ^ address >> 14) % places;
    std::uint8_t& count = counts[place ^ last_place];
    if (count < 255) ++count;
    last_place = place >> 1;
}
