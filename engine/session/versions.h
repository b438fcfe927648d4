#pragma once

#include <string>

namespace denoise {

/// The versions of the program and of its libraries, and the machine, on one line: "Denoise Lab 0.1.0,
/// LibTorch 2.13.0; AMD Ryzen 7 5800U with avx2, 16 processors".
std::string versions_and_machine();

}  // namespace denoise
