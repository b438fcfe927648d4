#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/enum_names.h"
#include "engine/base/error.h"

namespace denoise {

enum class LogLevel { debug, info, warning, error, off };
template <>
inline constexpr std::array names_of<LogLevel> = {
    NamedValue{LogLevel::debug, "debug", "Everything"},
    NamedValue{LogLevel::info, "info", "Commands and results"},
    NamedValue{LogLevel::warning, "warning", "Warnings and errors"},
    NamedValue{LogLevel::error, "error", "Errors"},
    NamedValue{LogLevel::off, "off", "Nothing"},
};

// The log of this process: a text file on this computer, which is sent nowhere. It contains what the program
// was told to do and what became of it, with paths, and nothing else of a person.

/// Starts the log in `folder`/PROGRAM.log. The file has at most 1 MB; it and the two before it are kept.
/// Never fails: without a folder that can be written to, there is no log. Call it before threads start.
void start_log(const std::string& program, LogLevel level, const std::filesystem::path& folder);
void stop_log();

/// Writes a line with the time. Any thread may call it, at any time. What would break the line is replaced.
void log(LogLevel level, std::string_view text);
/// The whole error on one line.
void log_error(const Error& error);

/// The file of the log; empty if there is none.
std::filesystem::path log_file();

/// The folder of the logs in state_folder(); empty without a home folder.
std::filesystem::path log_folder();

/// The level that the environment variable DENOISE_LAB_LOG names; nullopt if it names none.
std::optional<LogLevel> demanded_log_level();

/// `text` on one line: control characters are replaced by spaces.
std::string on_one_line(std::string_view text);

}  // namespace denoise
