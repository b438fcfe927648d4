#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// What a target defines: a program of this folder feeds one reader of foreign files with bytes. The reader
// may answer with an Error and with nothing else; what a sanitizer finds, another exception and a broken
// promise end the program.

/// libFuzzer's own entry point.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace denoise::fuzz {

/// Inputs that the reader accepts, or nearly so, to begin with.
std::vector<std::string> seeds();

/// Words of the format that blind changes would hardly hit upon.
std::vector<std::string> tokens();

}  // namespace denoise::fuzz
