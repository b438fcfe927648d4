#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace denoise::fuzz {

/// Writes a file for readers that need a path, in memory if possible. Its temporary folder is removed when
/// the program ends.
std::filesystem::path input_file(const std::string& name, std::string_view bytes);

std::string read_all(const std::filesystem::path& path);

/// Ends the program with the message `promise` if `holds` is false.
void expect(bool holds, const char* promise);

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Calls `read`, which may throw an Error. Its parts must not be empty.
template <class Read>
void try_reading(Read read) {
    try {
        read();
    } catch (const Error& error) {
        expect(!error.what.empty() && !error.why.empty() && !error.remedy.empty(),
               "an Error has three parts");
    }
}

}  // namespace denoise::fuzz
