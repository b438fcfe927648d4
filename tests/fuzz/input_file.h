#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace denoise::fuzz {

/// A file in memory, where the system has such a place, for readers that take a path. It lives as long as the
/// program, in a folder of its own.
std::filesystem::path input_file(const std::string& name, std::string_view bytes);

std::string read_all(const std::filesystem::path& path);

/// Ends the program with `promise` when it does not hold.
void expect(bool holds, const char* promise);

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Calls `read` and takes an Error, which has to say something, for an answer.
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
