#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// The functions that a fuzz target defines. Each program of this folder passes bytes to a reader of untrusted
// files. The reader may only throw an Error; sanitizer reports, other exceptions and failed checks end the
// program.

/// libFuzzer's own entry point.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace denoise::fuzz {

/// Initial inputs, which the reader accepts or almost accepts.
std::vector<std::string> seeds();

/// Words of the format that random changes are unlikely to produce.
std::vector<std::string> tokens();

}  // namespace denoise::fuzz
