#pragma once

#include <chrono>
#include <string>

#include "engine/base/error.h"

namespace denoise::cli {

/// "error: what" with why and remedy on lines of their own, on stderr.
void print_error(const Error& error);

/// "3:05", "1:02:03"
std::string clock_text(double seconds);

/// One line that is rewritten on a terminal, and printed again every few seconds where the output goes into a
/// pipe.
class ProgressLine {
  public:
    ProgressLine();
    ~ProgressLine();
    /// fraction in [0, 1]; negative: unknown.
    void show(double fraction, const std::string& text);
    void clear();
    /// A line that stays.
    void say(const std::string& text);

  private:
    bool terminal_;
    std::size_t shown_ = 0;
    std::chrono::steady_clock::time_point next_;
};

/// While it lives, the first Ctrl+C (or SIGTERM) sets a flag; the second ends the program.
class InterruptFlag {
  public:
    InterruptFlag();
    ~InterruptFlag();
    bool raised() const;
};

}  // namespace denoise::cli
