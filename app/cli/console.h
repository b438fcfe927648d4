#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace denoise::cli {

/// `text`, such as a file name, for a terminal and for one line: control characters, line breaks, marks that
/// change the direction of text, and bytes that are not UTF-8 are written as "\n" or "\x1b".
std::string printable(std::string_view text);

/// Flushes stdout, and remembers the first error of the system.
void flush_output();
/// The number of that error; 0: all output has been written.
int output_error();

/// "error: what" on stderr, with the cause and the remedy on lines of their own.
void print_error(const Error& error);
/// The same with "warning: ", for an error that did not end the command.
void print_warning(const Error& error);

/// "12 of 100"; "12" when the total is unknown (0), and nothing when both are 0.
std::string count_text(std::int64_t done, std::int64_t total);

/// "3:05", "1:02:03"
std::string clock_text(double seconds);

/// A progress display on stdout: on a terminal one line that is overwritten; in a pipe, or with TERM=dumb, a
/// new line every few seconds and whenever the operation changes.
class ProgressLine {
  public:
    ProgressLine();
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;

    /// Shows "operation detail", with a bar for `fraction` from 0 to 1; negative: unknown.
    void show(double fraction, const std::string& operation, const std::string& detail);
    void clear();
    /// Prints a line that stays, as printable().
    void say(const std::string& text);

  private:
    bool terminal_;
    std::size_t shown_ = 0;
    std::string operation_;
    std::chrono::steady_clock::time_point next_;
};

}  // namespace denoise::cli
