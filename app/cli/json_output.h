#pragma once

#include <nlohmann/json_fwd.hpp>

#include "engine/base/error.h"

namespace denoise::cli {

/// Prints `value` on stdout, on one line, or indented. Bytes that are not UTF-8, as in some file names, are
/// replaced.
void print_json(const nlohmann::json& value, bool indented = false);

/// For the help of --json.
inline constexpr const char* json_error_help =
    "; after an error, the last line is {\"error\": {\"what\", \"why\", \"remedy\"}}";

/// Prints {"error": {"what", "why", "remedy"}}, the last line of a command with --json that fails.
void print_json_error(const Error& error);

}  // namespace denoise::cli
